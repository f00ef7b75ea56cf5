import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const streamSequences: Sequence[] = sequences({
  adding: `
    XADD s 1-1 a 1
    XADD s 1-2 a 2 b 3
    XADD s 1-2 a 2
    XADD s 1-1 a 2
    XADD s 0-0 a 2
    XADD s 2 a 4
    XADD s 2-* a 5
    XADD s 3-* a 6
    XADD s 1-* a 6
    ~ XADD s * a 7
    XADD s x a 1
    XADD s 1-x a 1
    XADD s -1 a 1
    XADD s 1-1-1 a 1
    XADD s * a
    XADD s 99999999999999-1 a
    XADD s NOMKSTREAM 99999999999999-1 a 1
    XADD none NOMKSTREAM * a 1
    EXISTS none
    XLEN s
    XLEN none
    XADD t 0-* a 1
    XADD t 18446744073709551615-18446744073709551615 a 1
    XADD t * a 1
    XADD t 18446744073709551615-* a 1
    XADD t 18446744073709551616-1 a 1
    XRANGE t - +
    SET str 1
    XADD str * a 1`,
  ranges: `
    XADD s 1-1 a 1
    XADD s 1-2 b 2
    XADD s 2-1 c 3
    XADD s 3-1 d 4
    XRANGE s - +
    XRANGE s 1 1
    XRANGE s 1-2 2
    XRANGE s (1-1 +
    XRANGE s - (3-1
    XRANGE s (1-1 (2-1
    XRANGE s - + COUNT 2
    XRANGE s - + COUNT 0
    XRANGE s - + COUNT -1
    XREVRANGE s + -
    XREVRANGE s 2 1-2
    XREVRANGE s + - COUNT 1
    XREVRANGE s (3-1 (1-1
    XRANGE s + -
    XRANGE s 5 6
    XRANGE none - +
    XRANGE none - + COUNT 0
    XRANGE s x +
    XRANGE s (x +
    XRANGE s (- +
    XRANGE s (18446744073709551615-18446744073709551615 +
    XRANGE s - (0-0
    XRANGE s - + COUNT x
    XRANGE s - + FOO
    XRANGE s - + COUNT`,
  "deleting and trimming": `
    XADD s 1-1 a 1
    XADD s 2-1 a 1
    XADD s 3-1 a 1
    XADD s 4-1 a 1
    XADD s 5-1 a 1
    XDEL s 2-1 9-9
    XDEL none 1-1
    XDEL s x
    XLEN s
    XTRIM s MAXLEN 3
    XRANGE s - +
    XTRIM s MAXLEN = 2
    XTRIM s MINID 5-1
    XRANGE s - +
    XTRIM s MAXLEN ~ 0
    XTRIM s MAXLEN 0
    EXISTS s
    XLEN s
    XADD s MAXLEN 2 6-1 a 1
    XADD s MAXLEN 2 7-1 a 1
    XADD s MAXLEN = 2 8-1 a 1
    XRANGE s - +
    XADD s MINID 8-1 9-1 a 1
    XRANGE s - +
    XADD s MAXLEN ~ 1 10-1 a 1
    XLEN s
    XADD s MAXLEN ~ 1 LIMIT 10 11-1 a 1
    XTRIM s MAXLEN -1
    XTRIM s MAXLEN x
    XTRIM s MINID x
    XTRIM s FOO 1
    XTRIM s MAXLEN 1 LIMIT 1
    XTRIM s MAXLEN ~ 1 LIMIT 0
    XTRIM s MAXLEN ~ 1 LIMIT -1
    XTRIM none MAXLEN 1
    XADD s MAXLEN 1 MINID 1 12-1 a 1
    XADD s MAXLEN x 12-1 a 1
    XINFO STREAM s
    XDEL s 8-1
    XINFO STREAM s`,
  "setting the last id": `
    XADD s 1-1 a 1
    XADD s 2-1 a 1
    XSETID s 5-1
    XADD s 4-1 a 1
    XADD s 5-* a 1
    XSETID s 1-1
    XSETID s 10-1 ENTRIESADDED 100 MAXDELETEDID 3-1
    XINFO STREAM s
    XSETID s 10-1 ENTRIESADDED 1 MAXDELETEDID 3-1
    XSETID s 10-1 ENTRIESADDED -1
    XSETID s 10-1 MAXDELETEDID 11-1
    XSETID s 2-9 MAXDELETEDID 1-1 ENTRIESADDED 100
    XSETID none 1-1
    XSETID s x
    XSETID s 20-1 FOO`,
  reading: `
    XADD s 1-1 a 1
    XADD s 2-1 b 2
    XADD t 1-1 c 3
    XREAD STREAMS s 0
    XREAD COUNT 1 STREAMS s 0
    XREAD COUNT 0 STREAMS s 0
    XREAD STREAMS s t 1-1 0
    XREAD STREAMS s t 2-1 1-1
    XREAD STREAMS s $
    XREAD STREAMS none 0
    XREAD BLOCK 10 STREAMS s $
    XREAD BLOCK 10 STREAMS none 0
    XREAD BLOCK 0 STREAMS s 0
    XREAD BLOCK -1 STREAMS s 0
    XREAD BLOCK x STREAMS s 0
    XREAD COUNT x STREAMS s 0
    XREAD STREAMS s
    XREAD STREAMS s t 0
    XREAD STREAMS s x
    XREAD STREAMS s >
    XREAD COUNT 1
    XREAD GROUP g c STREAMS s 0
    XREAD NOACK STREAMS s 0
    XREAD FOO STREAMS s 0
    XREAD STREAMS s 18446744073709551615-18446744073709551615
    SET str 1
    XREAD STREAMS str 0`,
  "blocked readers": `
    b> XREAD BLOCK 0 STREAMS s t $ $
    ?blocked 1
    c> XREAD BLOCK 0 COUNT 1 STREAMS s 0-0
    ?blocked 2
    XADD s 1-1 a 1
    b<
    c<
    d> XREAD BLOCK 30 STREAMS s $
    d<
    e> XREAD BLOCK 0 STREAMS s 1-1
    ?blocked 1
    XADD s 1-2 a 1
    e<
    f> XREAD BLOCK 0 STREAMS u $
    ?blocked 1
    SET u v
    DEL u
    MULTI
    XADD u 1-1 a 1
    XADD u 1-2 a 2
    EXEC
    f<`,
  groups: `
    XGROUP CREATE s g 0
    XGROUP CREATE s g 0 MKSTREAM
    XGROUP CREATE s g 0
    XGROUP CREATE s h $
    XGROUP CREATE s i x
    XGROUP CREATE s i 0 ENTRIESREAD 3
    XGROUP CREATE s j 0 ENTRIESREAD -2
    XGROUP CREATE s j 0 FOO
    XINFO GROUPS s
    XGROUP CREATECONSUMER s g alice
    XGROUP CREATECONSUMER s g alice
    XGROUP CREATECONSUMER s none alice
    XGROUP CREATECONSUMER none g alice
    XGROUP DELCONSUMER s g alice
    XGROUP DELCONSUMER s g alice
    XGROUP DELCONSUMER s none alice
    XGROUP SETID s g 5
    XGROUP SETID s g $
    XGROUP SETID s none 5
    XGROUP SETID none g 5
    XGROUP SETID s g 0 ENTRIESREAD 2
    XGROUP SETID s g 0 MKSTREAM
    XGROUP DESTROY s g
    XGROUP DESTROY s g
    XGROUP DESTROY none g
    XGROUP FOO s g
    XGROUP CREATE s
    XGROUP
    SET str 1
    XGROUP CREATE str g 0
    XINFO GROUPS s
    XINFO GROUPS none
    XINFO CONSUMERS s none
    XINFO CONSUMERS none g
    XINFO STREAM none
    XINFO FOO s`,
  "reading in groups": `
    XADD s 1-1 a 1
    XADD s 2-1 b 2
    XADD s 3-1 c 3
    XGROUP CREATE s g 0
    XREADGROUP GROUP g alice COUNT 1 STREAMS s >
    XREADGROUP GROUP g bob STREAMS s >
    XREADGROUP GROUP g bob STREAMS s >
    XREADGROUP GROUP g alice STREAMS s 0
    XREADGROUP GROUP g bob STREAMS s 2-1
    XREADGROUP GROUP g carol STREAMS s 0
    XPENDING s g
    XACK s g 1-1 9-9
    XACK s none 1-1
    XACK none g 1-1
    XACK s g x
    XPENDING s g
    XINFO GROUPS s
    XGROUP DELCONSUMER s g bob
    XPENDING s g
    XREADGROUP GROUP g alice NOACK STREAMS s >
    XADD s 4-1 d 4
    XREADGROUP GROUP g alice NOACK STREAMS s >
    XPENDING s g
    XADD s 5-1 e 5
    XREADGROUP GROUP g alice STREAMS s >
    XDEL s 5-1
    XREADGROUP GROUP g alice STREAMS s 0
    XREADGROUP GROUP none alice STREAMS s >
    XREADGROUP GROUP g alice STREAMS none >
    XREADGROUP GROUP g alice STREAMS s $
    XREADGROUP GROUP g alice STREAMS s x
    XREADGROUP GROUP g alice STREAMS s
    XREADGROUP STREAMS s >
    XREADGROUP COUNT 1 BLOCK 1 NOACK STREAMS s >
    XREADGROUP GROUP g alice BLOCK 10 STREAMS s >
    XREADGROUP GROUP g alice BLOCK 10 STREAMS s 0
    XREADGROUP GROUP g alice COUNT 1 STREAMS s s > 0
    XREADGROUP GROUP g alice STREAMS s s >
    XGROUP SETID s g 0
    XREADGROUP GROUP g dave COUNT 2 STREAMS s >
    XPENDING s g
    XINFO GROUPS s
    SET str 1
    XREADGROUP GROUP g alice STREAMS str >`,
  "readers of groups are served": `
    XGROUP CREATE s g $ MKSTREAM
    b> XREADGROUP GROUP g alice BLOCK 0 STREAMS s >
    ?blocked 1
    c> XREADGROUP GROUP g bob BLOCK 0 STREAMS s >
    ?blocked 2
    XADD s 1-1 a 1
    b<
    XADD s 2-1 a 2
    c<
    XPENDING s g
    d> XREADGROUP GROUP g carol BLOCK 20 STREAMS s >
    d<`,
  "readers of groups learn that all is gone": `
    XGROUP CREATE s g $ MKSTREAM
    b> XREADGROUP GROUP g alice BLOCK 0 STREAMS s >
    ?blocked 1
    DEL s
    b<
    XGROUP CREATE s g $ MKSTREAM
    c> XREADGROUP GROUP g alice BLOCK 0 STREAMS s >
    ?blocked 1
    XGROUP DESTROY s g
    c<`,
  "pending entries": `
    XADD s 1-1 a 1
    XADD s 2-1 b 2
    XADD s 3-1 c 3
    XGROUP CREATE s g 0
    XPENDING s g
    XPENDING s g - + 10
    XREADGROUP GROUP g alice COUNT 2 STREAMS s >
    XREADGROUP GROUP g bob STREAMS s >
    XPENDING s g
    XPENDING s g - + 0
    XPENDING s g - + 10 nobody
    XPENDING s g IDLE 100000 - + 10
    XPENDING s g IDLE 100000 - + 10 alice
    XPENDING s g (3-1 + 10
    XPENDING s none
    XPENDING none g
    XPENDING s g - +
    XPENDING s g - + x
    XPENDING s g x + 10
    XPENDING s g IDLE x - + 10`,
  claiming: `
    XADD s 1-1 a 1
    XADD s 2-1 b 2
    XADD s 3-1 c 3
    XGROUP CREATE s g 0
    XREADGROUP GROUP g alice STREAMS s >
    XCLAIM s g bob 0 1-1
    XCLAIM s g bob 0 2-1 JUSTID
    XCLAIM s g bob 100000 3-1
    XCLAIM s g bob 0 9-9
    XCLAIM s g bob 0 9-9 FORCE
    XCLAIM s g bob 0 3-1 RETRYCOUNT 7 IDLE 0
    XCLAIM s g carol 0 1-1 2-1 3-1 TIME 1 JUSTID
    XPENDING s g
    XDEL s 2-1
    XCLAIM s g dave 0 1-1 2-1 LASTID 5-1
    XPENDING s g
    XINFO GROUPS s
    XACK s g 1-1
    XCLAIM s g bob 0 1-1 FORCE JUSTID
    XCLAIM s none bob 0 1-1
    XCLAIM none g bob 0 1-1
    XCLAIM s g bob x 1-1
    XCLAIM s g bob 0 x
    XCLAIM s g bob 0 1-1 FOO
    XCLAIM s g bob 0 1-1 IDLE x
    XCLAIM s g bob 0 1-1 RETRYCOUNT x
    XCLAIM s g bob 0 1-1 TIME x`,
  "claiming what is idle": `
    XADD s 1-1 a 1
    XADD s 2-1 b 2
    XADD s 3-1 c 3
    XGROUP CREATE s g 0
    XREADGROUP GROUP g alice STREAMS s >
    XAUTOCLAIM s g bob 0 0 COUNT 1
    XAUTOCLAIM s g bob 0 2-1 COUNT 1 JUSTID
    XAUTOCLAIM s g bob 100000 0
    XDEL s 1-1
    XAUTOCLAIM s g carol 0 0
    XPENDING s g
    XAUTOCLAIM s g carol 0 (2-1
    XAUTOCLAIM s g carol 0 9-9
    XAUTOCLAIM s none carol 0 0
    XAUTOCLAIM none g carol 0 0
    XAUTOCLAIM s g carol x 0
    XAUTOCLAIM s g carol 0 x
    XAUTOCLAIM s g carol 0 0 COUNT 0
    XAUTOCLAIM s g carol 0 0 COUNT x
    XAUTOCLAIM s g carol 0 0 FOO`,
  information: `
    XADD s 1-1 a 1
    XADD s 2-1 b 2
    XADD s 3-1 c 3
    XINFO STREAM s
    XGROUP CREATE s g 0
    XGROUP CREATE s h 2-1
    XGROUP CREATE s i $
    XINFO GROUPS s
    XREADGROUP GROUP g alice COUNT 2 STREAMS s >
    XINFO GROUPS s
    XDEL s 3-1
    XINFO GROUPS s
    XDEL s 1-1
    XINFO GROUPS s
    XINFO STREAM s
    XADD s 4-1 d 4
    XREADGROUP GROUP g alice STREAMS s >
    XREADGROUP GROUP i bob STREAMS s >
    XINFO GROUPS s
    XTRIM s MAXLEN 0
    XINFO GROUPS s
    XINFO STREAM s
    XADD t 1-1 a b
    XINFO STREAM t FULL
    XINFO STREAM t FULL COUNT 1
    XGROUP CREATE t g 0
    XGROUP CREATECONSUMER t g nobody
    ~ XINFO STREAM t FULL
    XINFO STREAM t FOO
    XINFO STREAM t FULL COUNT x
    ~ XINFO CONSUMERS s g
    XINFO
    SET str 1
    XINFO STREAM str
    XLEN str
    XDEL str 1-1
    XTRIM str MAXLEN 1`,
});
