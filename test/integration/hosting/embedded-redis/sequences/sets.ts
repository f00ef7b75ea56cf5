import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const setSequences: Sequence[] = sequences({
  members: `
    SADD s a b c
    SADD s a d
    SADD s
    SCARD s
    SCARD none
    SMEMBERS s
    SMEMBERS none
    SISMEMBER s a
    SISMEMBER s none
    SISMEMBER none a
    SMISMEMBER s a none b
    SMISMEMBER none a
    SREM s a none
    SREM none a
    SMOVE s t b
    SMOVE s t none
    SMOVE none t b
    SMOVE s s c
    SMEMBERS t
    SREM s c d
    EXISTS s
    SADD n 3 1 2
    SMEMBERS n`,
  "random members": `
    SADD s a
    SRANDMEMBER s
    SRANDMEMBER s 5
    SRANDMEMBER s -3
    SRANDMEMBER s 0
    SRANDMEMBER none
    SRANDMEMBER none 5
    SRANDMEMBER s x
    SRANDMEMBER s 1 2
    SPOP s
    EXISTS s
    SPOP none
    SPOP none 5
    SADD s a b c
    = SPOP s 5
    EXISTS s
    SADD s a b c
    ~ SPOP s
    SCARD s
    SPOP s 0
    SPOP s -1
    SPOP s x
    ~ SPOP s 1
    SCARD s`,
  algebra: `
    SADD a 1 2 3 4
    SADD b 3 4 5
    SADD c 4 5 6
    SINTER a b c
    SINTER a none
    SINTER a
    SUNION a b none
    SDIFF a b
    SDIFF a b c
    SDIFF none a
    SINTERSTORE r a b
    SMEMBERS r
    SINTERSTORE r a none
    EXISTS r
    SUNIONSTORE r a b
    SCARD r
    SDIFFSTORE r a b
    SMEMBERS r
    SDIFFSTORE a a b
    SMEMBERS a
    SINTERCARD 2 b c
    SINTERCARD 2 b c LIMIT 1
    SINTERCARD 2 b c LIMIT 0
    SINTERCARD 0 b
    SINTERCARD 5 b c
    SINTERCARD x b
    SINTERCARD 1 b LIMIT -1
    SINTERCARD 1 b FOO
    SET str 1
    SINTER a str
    SUNION str
    SDIFF a str
    SINTERSTORE r none str
    SUNIONSTORE r str
    SINTERSTORE str b c
    TYPE str`,
  scanning: `
    SADD s a b c
    = SSCAN s 0
    = SSCAN s 0 MATCH a*
    = SSCAN s 0 COUNT 100
    SSCAN none 0
    SSCAN s x
    SSCAN s 0 FOO`,
  "other types": `
    SET a 1
    SADD a 1
    SREM a 1
    SCARD a
    SMEMBERS a
    SISMEMBER a 1
    SMISMEMBER a 1
    SPOP a
    SRANDMEMBER a
    SADD s x
    SMOVE a s x
    SMOVE s a x
    SSCAN a 0`,
});
