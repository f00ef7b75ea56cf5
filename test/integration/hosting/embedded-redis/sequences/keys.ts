import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const keySequences: Sequence[] = sequences({
  "existence and types": `
    EXISTS a
    SET a 1
    EXISTS a a b
    LPUSH l 1
    SADD s 1
    ZADD z 1 a
    HSET h f v
    XADD x 1-1 f v
    TYPE a
    TYPE l
    TYPE s
    TYPE z
    TYPE h
    TYPE x
    TYPE none
    TOUCH a l none
    DEL a l none
    UNLINK s z none
    DBSIZE
    KEYS *
    DEL
    EXISTS`,
  patterns: `
    MSET hello 1 hallo 1 hxllo 1 hllo 1 heeello 1 h[llo 1 "a*b" 1
    KEYS h?llo
    KEYS h*llo
    KEYS h[ae]llo
    KEYS h[^e]llo
    KEYS h[a-b]llo
    KEYS h[b-a]llo
    KEYS h\\\\[llo
    KEYS a\\\\*b
    KEYS *
    KEYS [
    KEYS h[
    KEYS none`,
  renaming: `
    SET a 1 EX 100
    RENAME a b
    TTL b
    GET a
    RENAME none c
    SET c 2
    RENAME c b
    GET b
    TTL b
    RENAMENX b c
    SET d 1
    RENAMENX c d
    RENAMENX none d
    RENAME c c
    RENAMENX c c
    RENAME c`,
  copying: `
    SET a 1 EX 100
    COPY a b
    TTL b
    COPY a b
    COPY a b REPLACE
    COPY none b
    COPY a a
    COPY a a DB 1
    COPY a b DB 99
    COPY a b FOO
    RPUSH l 1 2 3
    COPY l l2
    RPUSH l2 4
    LRANGE l 0 -1
    LRANGE l2 0 -1
    HSET h f v
    COPY h h2
    HSET h2 f w
    HGET h f
    ZADD z 1 a 2 b
    COPY z z2
    ZRANGE z2 0 -1 WITHSCORES
    SADD s a
    COPY s s2
    SMEMBERS s2
    XADD x 1-1 a b
    XGROUP CREATE x g 0
    XREADGROUP GROUP g c STREAMS x >
    COPY x x2
    XRANGE x2 - +
    XINFO GROUPS x2
    XPENDING x2 g`,
  expiry: `
    EXPIRE a 10
    SET a 1
    TTL a
    PTTL a
    EXPIRETIME a
    EXPIRE a 100
    TTL a
    EXPIRE a 200 NX
    EXPIRE a 50 GT
    EXPIRE a 500 GT
    TTL a
    EXPIRE a 600 LT
    EXPIRE a 400 LT
    TTL a
    EXPIRE a 10 XX
    PERSIST a
    PERSIST a
    PERSIST none
    TTL a
    EXPIRE a 10 XX
    EXPIRE a 10 GT
    EXPIRE a 10 LT
    TTL a
    EXPIRE a 10 NX XX
    EXPIRE a 10 GT LT
    EXPIRE a 10 FOO
    EXPIRE a x
    EXPIRE a 9223372036854775807
    EXPIRE a -9223372036854775808
    EXPIREAT a 99999999999
    EXPIRETIME a
    PEXPIRETIME a
    PEXPIREAT a 99999999999999
    PEXPIRETIME a
    PEXPIRE a 100000
    TTL a
    EXPIRE a -1
    EXISTS a
    SET a 1
    EXPIREAT a 1
    EXISTS a
    SET a 1
    PEXPIRE a 0
    EXISTS a
    TTL none
    PTTL none
    EXPIRETIME none
    PEXPIRETIME none
    EXPIRE none 10`,
  "expiry as time goes by": `
    SET a 1 PX 1
    BLPOP none 0.02
    GET a
    EXISTS a
    TTL a
    KEYS *
    HSET h f v
    PEXPIRE h 1
    BLPOP none 0.02
    HGET h f
    HSET h g w
    HGETALL h
    TTL h
    RPUSH l 1
    PEXPIRE l 1
    BLPOP none 0.02
    TYPE l
    RENAME l m`,
  databases: `
    SET a 0
    SELECT 1
    GET a
    SET a 1
    DBSIZE
    SELECT 0
    GET a
    MOVE a 1
    MOVE a 2
    GET a
    MOVE none 1
    MOVE a 0
    MOVE a 99
    SELECT 2
    GET a
    SELECT 16
    SELECT -1
    SELECT x
    SELECT 0
    COPY a b DB 1
    SWAPDB 0 1
    GET a
    SWAPDB 0 1
    SWAPDB 0 99
    SWAPDB x 0
    SWAPDB 0 x
    SELECT 1
    FLUSHDB
    DBSIZE
    SELECT 2
    DBSIZE
    FLUSHDB ASYNC
    FLUSHDB SYNC
    FLUSHDB FOO
    FLUSHALL ASYNC
    FLUSHALL FOO
    FLUSHALL
    DBSIZE`,
  scanning: `
    SCAN 0
    MSET a 1 b 2 c 3
    = SCAN 0
    = SCAN 0 COUNT 100
    = SCAN 0 MATCH a* COUNT 100
    LPUSH l 1
    = SCAN 0 TYPE list COUNT 100
    = SCAN 0 TYPE foo COUNT 100
    SCAN x
    SCAN 0 COUNT 0
    SCAN 0 COUNT x
    SCAN 0 FOO
    SCAN 0 MATCH
    SCAN 99999999999999999999999`,
  encodings: `
    SET a 1
    OBJECT ENCODING a
    SET a abc
    OBJECT ENCODING a
    APPEND a d
    OBJECT ENCODING a
    SET a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    OBJECT ENCODING a
    SET a 01
    OBJECT ENCODING a
    SADD s 1 2 3
    OBJECT ENCODING s
    SADD s2 a
    ZADD z 1 a
    OBJECT ENCODING z
    HSET h a b
    OBJECT ENCODING h
    HSET h a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    OBJECT ENCODING h
    ~ XADD x * a b
    OBJECT ENCODING x
    OBJECT ENCODING none
    OBJECT REFCOUNT h
    OBJECT IDLETIME h
    OBJECT FREQ h
    OBJECT FOO h
    OBJECT
    OBJECT ENCODING`,
  sorting: `
    RPUSH l 3 1 2 10
    SORT l
    SORT l DESC
    SORT l ALPHA
    SORT l LIMIT 1 2
    SORT l LIMIT 0 -1
    RPUSH words b a c
    SORT words
    SORT words ALPHA
    SORT words ALPHA DESC
    MSET w_1 30 w_2 20 w_3 10 w_10 5
    SORT l BY w_*
    SORT l BY w_* DESC
    SORT l BY nosort
    MSET n_1 one n_2 two n_3 three
    SORT l GET n_*
    SORT l GET # GET n_*
    HSET o_1 name uno
    HSET o_2 name due
    SORT l GET o_*->name
    SORT l BY o_*->name ALPHA
    SORT l STORE r
    LRANGE r 0 -1
    SORT none STORE r
    EXISTS r
    SORT none
    SADD s 3 1 2
    SORT s
    ZADD z 3 a 1 b
    SORT z ALPHA
    SORT_RO l
    SORT_RO l STORE r
    SORT l FOO
    SET str 1
    SORT str
    HSET h a b
    SORT h`,
  dumping: `
    DUMP none
    SET a v
    ~ DUMP a
    RESTORE b 0 garbage
    RESTORE a 0 garbage
    RESTORE b -1 garbage
    RESTORE b x garbage
    RESTORE b 0`,
  "waiting for replicas": `
    WAIT 0 10
    WAIT 1 10
    WAIT x 10
    WAIT 0 -1
    WAIT 0`,
});
