import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const hashSequences: Sequence[] = sequences({
  fields: `
    HSET h a 1 b 2
    HSET h a 3 c 4
    HSET h a
    HSET h a 1 b
    HGET h a
    HGET h none
    HGET none a
    HMGET h a b none
    HMGET none a b
    HGETALL h
    HGETALL none
    HKEYS h
    HVALS h
    HKEYS none
    HVALS none
    HLEN h
    HLEN none
    HEXISTS h a
    HEXISTS h none
    HEXISTS none a
    HSTRLEN h a
    HSTRLEN h none
    HSTRLEN none a
    HSETNX h a 9
    HSETNX h d 9
    HSETNX new f v
    HMSET h x 1 y 2
    HMSET h x
    HMSET h x 1 y
    HDEL h a b none
    HDEL none a
    HGETALL h
    HDEL h c d x y
    EXISTS h`,
  counters: `
    HINCRBY h a 5
    HINCRBY h a -10
    HSET h s abc
    HINCRBY h s 1
    HINCRBY h a x
    HSET h big 9223372036854775807
    HINCRBY h big 1
    HINCRBYFLOAT h f 0.1
    HINCRBYFLOAT h f 0.2
    HINCRBYFLOAT h f x
    HINCRBYFLOAT h s 1
    HINCRBYFLOAT h a 1.5
    HINCRBYFLOAT h f inf
    HSET h e 5.0e3
    HINCRBYFLOAT h e 200
    HGETALL h`,
  "random fields": `
    HSET h a 1
    HRANDFIELD h
    HRANDFIELD h 1
    HRANDFIELD h 5 WITHVALUES
    HRANDFIELD h -3
    HRANDFIELD h -2 WITHVALUES
    HRANDFIELD h 0
    HRANDFIELD none
    HRANDFIELD none 3
    HRANDFIELD h x
    HRANDFIELD h 1 FOO
    HSET h b 2 c 3
    ~ HRANDFIELD h
    ~ HRANDFIELD h 2
    = HRANDFIELD h 10`,
  scanning: `
    HSET h a 1 b 2 c 3
    HSCAN h 0
    HSCAN h 0 MATCH a*
    HSCAN h 0 COUNT 1
    HSCAN none 0
    HSCAN h x
    HSCAN h 0 FOO
    HSCAN h 0 TYPE string`,
  "other types": `
    SET a 1
    HGET a f
    HSET a f v
    HGETALL a
    HDEL a f
    HINCRBY a f 1
    HINCRBYFLOAT a f 1
    HLEN a
    HMGET a f
    HSCAN a 0
    HRANDFIELD a
    HSETNX a f v`,
});
