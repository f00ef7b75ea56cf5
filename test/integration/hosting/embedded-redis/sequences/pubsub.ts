import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const pubsubSequences: Sequence[] = sequences({
  channels: `
    b> SUBSCRIBE x y
    b<
    b<
    PUBLISH x hello
    b<
    PUBLISH none hello
    = PUBSUB CHANNELS
    PUBSUB CHANNELS x*
    PUBSUB NUMSUB x none
    PUBSUB NUMSUB
    PUBSUB NUMPAT
    b> UNSUBSCRIBE x
    b<
    PUBLISH x hello
    b> UNSUBSCRIBE
    b<
    b> UNSUBSCRIBE
    b<
    b> GET a
    b<
    PUBLISH x
    SUBSCRIBE`,
  patterns: `
    b> PSUBSCRIBE n* ?x
    b<
    b<
    PUBLISH news 1
    b<
    PUBLISH ax 2
    b<
    PUBSUB NUMPAT
    PUBSUB CHANNELS
    b> SUBSCRIBE news
    b<
    PUBLISH news 4
    b<
    b<
    b> PUNSUBSCRIBE n*
    b<
    PUBLISH news 5
    b<
    b> PUNSUBSCRIBE
    b<
    b> PUNSUBSCRIBE
    b<
    b> UNSUBSCRIBE news
    b<`,
  "what a subscriber may do": `
    b> SUBSCRIBE x
    b<
    b> PING
    b<
    b> PING hello
    b<
    b> GET a
    b<
    b> MULTI
    b<
    b> SUBSCRIBE x
    b<
    b> QUIT
    b<`,
  "sharded channels": `
    b> SSUBSCRIBE s1 s2
    b<
    b<
    SPUBLISH s1 hello
    b<
    SPUBLISH none hello
    PUBLISH s1 hello
    = PUBSUB SHARDCHANNELS
    PUBSUB SHARDNUMSUB s1 none
    b> SUNSUBSCRIBE s1
    b<
    b> SUNSUBSCRIBE
    b<
    b> SUNSUBSCRIBE
    b<`,
  "messages to oneself and in transactions": `
    MULTI
    PUBLISH x 1
    EXEC
    b> SUBSCRIBE x
    b<
    MULTI
    PUBLISH x 1
    PUBLISH x 2
    EXEC
    b<
    b<`,
  "subscriptions end with the connection's reset": `
    b> SUBSCRIBE x
    b<
    b> RESET
    b<
    b> PING
    b<
    PUBLISH x 1`,
  "keyspace notifications": `
    CONFIG SET notify-keyspace-events KEA
    CONFIG GET notify-keyspace-events
    b> PSUBSCRIBE __key*@0__:*
    b<
    SET a 1
    b<
    b<
    DEL a
    b<
    b<
    LPUSH l 1
    b<
    b<
    LPOP l
    b<
    b<
    b<
    b<
    SADD s m
    b<
    b<
    HSET h f v
    b<
    b<
    ZADD z 1 m
    b<
    b<
    EXPIRE z 100
    b<
    b<
    RENAME h h2
    b<
    b<
    b<
    b<
    XADD x 1-1 a b
    b<
    b<
    SET t v PX 1
    b<
    b<
    b<
    b<
    BLPOP none 0.02
    GET t
    b<
    b<
    CONFIG SET notify-keyspace-events Ez
    CONFIG GET notify-keyspace-events
    SET a 1
    ZADD z 2 m
    b<
    CONFIG SET notify-keyspace-events foo
    CONFIG SET notify-keyspace-events ""`,
});
