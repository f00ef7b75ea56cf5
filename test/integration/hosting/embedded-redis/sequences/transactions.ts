import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const transactionSequences: Sequence[] = sequences({
  queueing: `
    MULTI
    SET a 1
    INCR a
    GET a
    LPUSH a 1
    EXEC
    GET a
    EXEC
    DISCARD
    MULTI
    EXEC
    MULTI
    MULTI
    SET b 1
    DISCARD
    GET b
    MULTI
    HGETALL h
    SMEMBERS s
    ZRANGE z 0 -1 WITHSCORES
    EXEC`,
  "refused commands": `
    MULTI
    SET a 1
    FOO bar
    SET b
    EXEC
    GET a
    MULTI
    CONFIG FOO
    EXEC
    MULTI
    WATCH a
    SET a 2
    EXEC
    MULTI
    SAVE
    EXEC
    MULTI
    SELECT 1
    SET a other
    SELECT 0
    GET a
    EXEC
    PING`,
  watching: `
    SET a 1
    WATCH a
    MULTI
    SET a 2
    EXEC
    WATCH a
    b> SET a 3
    b<
    MULTI
    SET a 4
    EXEC
    GET a
    MULTI
    SET a 5
    EXEC
    WATCH a
    b> SET a 6
    b<
    UNWATCH
    MULTI
    GET a
    EXEC
    WATCH a
    SET a 7
    MULTI
    GET a
    EXEC
    WATCH a
    b> SET a 8
    b<
    MULTI
    DISCARD
    MULTI
    GET a
    EXEC
    WATCH none other
    b> LPUSH none 1
    b<
    MULTI
    GET a
    EXEC
    UNWATCH
    WATCH`,
  "watched keys that end, move or go": `
    SET a 1 PX 1
    BLPOP none 0.02
    WATCH a
    MULTI
    PING
    EXEC
    SET a 1 PX 300
    WATCH a
    BLPOP none 0.4
    MULTI
    PING
    EXEC
    SET a 1
    WATCH a
    b> FLUSHALL
    b<
    MULTI
    PING
    EXEC
    WATCH a
    b> FLUSHALL
    b<
    MULTI
    PING
    EXEC
    SET a 1
    WATCH a
    b> SWAPDB 0 1
    b<
    MULTI
    PING
    EXEC
    SET a 1
    WATCH a
    b> RENAME a c
    b<
    MULTI
    PING
    EXEC
    SET a 1
    WATCH a
    b> EXPIRE a 100
    b<
    MULTI
    PING
    EXEC
    WATCH a
    SELECT 1
    SET a x
    SELECT 0
    MULTI
    PING
    EXEC
    WATCH a
    b> SET a 1
    b<
    RESET
    MULTI
    PING
    EXEC`,
  "unchanged keys": `
    SADD s a
    WATCH s
    b> SADD s a
    b<
    b> SREM s none
    b<
    b> DEL none
    b<
    MULTI
    PING
    EXEC`,
});
