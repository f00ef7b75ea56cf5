import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const listSequences: Sequence[] = sequences({
  "pushing and popping": `
    RPUSH l a b c
    LPUSH l z y
    LRANGE l 0 -1
    LLEN l
    LLEN none
    LPOP l
    RPOP l
    LPOP l 2
    LPOP l 0
    LPOP none 0
    LPOP none
    LPOP none 2
    RPOP l 5
    EXISTS l
    LPUSHX l a
    RPUSHX l a
    RPUSH l a
    LPUSHX l b c
    RPUSHX l d
    LRANGE l 0 -1
    LPOP l -1
    LPOP l x
    LPOP l 1 2
    LPUSH l
    RPUSH`,
  "ranges and positions": `
    RPUSH l a b c d e
    LRANGE l 1 3
    LRANGE l -3 -1
    LRANGE l 3 1
    LRANGE l 10 20
    LRANGE l -100 100
    LRANGE none 0 -1
    LRANGE l x 1
    LINDEX l 0
    LINDEX l -1
    LINDEX l 10
    LINDEX none 0
    LINDEX l x
    LSET l 0 A
    LSET l -1 E
    LSET l 10 x
    LSET none 0 x
    LSET l x x
    LRANGE l 0 -1
    LINSERT l BEFORE c X
    LINSERT l AFTER c Y
    LINSERT l BEFORE none Z
    LINSERT none BEFORE a b
    LINSERT l FOO a b
    LRANGE l 0 -1
    LTRIM l 1 -2
    LRANGE l 0 -1
    LTRIM l 5 1
    EXISTS l
    LTRIM none 0 1`,
  removing: `
    RPUSH l a b a c a d a
    LREM l 2 a
    LRANGE l 0 -1
    LREM l -1 a
    LRANGE l 0 -1
    LREM l 0 a
    LREM l 0 none
    LREM none 0 a
    LRANGE l 0 -1
    LREM l 0 b
    LREM l 0 c
    LREM l 0 d
    EXISTS l
    LREM l x a`,
  finding: `
    RPUSH l a b c 1 2 3 c c
    LPOS l c
    LPOS l c RANK 2
    LPOS l c RANK -1
    LPOS l c COUNT 2
    LPOS l c COUNT 0
    LPOS l c RANK -1 COUNT 2
    LPOS l c MAXLEN 2
    LPOS l c MAXLEN 2 COUNT 0
    LPOS l c RANK 5
    LPOS l none
    LPOS l none COUNT 1
    LPOS none a
    LPOS none a COUNT 1
    LPOS l c RANK 0
    LPOS l c COUNT -1
    LPOS l c MAXLEN -1
    LPOS l c FOO`,
  moving: `
    RPUSH l a b c
    RPOPLPUSH l m
    RPOPLPUSH l l
    LRANGE l 0 -1
    LMOVE l m LEFT RIGHT
    LMOVE l m RIGHT LEFT
    LRANGE m 0 -1
    EXISTS l
    LMOVE l m LEFT LEFT
    RPOPLPUSH none m
    LMOVE m m LEFT RIGHT
    LRANGE m 0 -1
    LMOVE m l FOO LEFT
    SET s 1
    LMOVE m s LEFT LEFT
    RPOPLPUSH s m
    LRANGE m 0 -1`,
  "popping several": `
    RPUSH l a b c
    RPUSH m d e
    LMPOP 2 none l LEFT
    LMPOP 2 l m RIGHT COUNT 10
    LMPOP 2 l m LEFT COUNT 1
    LMPOP 1 none LEFT
    LMPOP 0 l LEFT
    LMPOP x l LEFT
    LMPOP 1 l FOO
    LMPOP 1 l LEFT COUNT 0
    LMPOP 1 l LEFT COUNT x
    LMPOP 5 l LEFT
    LMPOP 1 m LEFT COUNT 1 COUNT 1`,
  "blocking commands with something there": `
    RPUSH l a b c d e f
    BLPOP l 0
    BRPOP none l 0
    BLPOP none 0.01
    BRPOP none 0.01
    BRPOPLPUSH l m 0
    BRPOPLPUSH none m 0.01
    BLMOVE l m LEFT RIGHT 0
    BLMOVE none m LEFT RIGHT 0.01
    BLMPOP 0 2 none l LEFT COUNT 2
    BLMPOP 0.01 1 none LEFT
    BLPOP l -1
    BLPOP l x
    BLPOP l
    BLMPOP -1 1 l LEFT
    BLMPOP x 1 l LEFT
    BLMPOP 0 0 l LEFT
    BLMOVE l m FOO LEFT 0
    SET s 1
    BLPOP s 0
    BLPOP none s 0
    BRPOPLPUSH s m 0`,
  "blocked clients are served": `
    b> BLPOP q 0
    ?blocked 1
    RPUSH q a b c
    b<
    LRANGE q 0 -1`,
  "blocked clients are served in their order": `
    b> BLPOP q 0
    ?blocked 1
    c> BLPOP q 0
    ?blocked 2
    d> BRPOP q2 q 0
    ?blocked 3
    RPUSH q 1 2
    b<
    c<
    RPUSH q2 3
    d<
    EXISTS q q2`,
  "a blocked move": `
    b> BLMOVE q r LEFT RIGHT 0
    ?blocked 1
    c> BLPOP r 0
    ?blocked 2
    RPUSH q x
    b<
    c<
    EXISTS q r`,
  "blocked clients and other types": `
    b> BLPOP q 0
    ?blocked 1
    SET q v
    DEL q
    SADD q m
    DEL q
    RPUSH q 1
    b<
    c> BLMOVE q r LEFT LEFT 0
    ?blocked 1
    SET r str
    RPUSH q 1
    c<
    LRANGE q 0 -1`,
  "a blocked client and a transaction": `
    b> BLPOP q 0
    ?blocked 1
    MULTI
    RPUSH q a
    DEL q
    RPUSH q b
    EXEC
    b<
    MULTI
    BLPOP none 0
    BLMOVE none r LEFT LEFT 0
    BLMPOP 0 1 none LEFT
    EXEC`,
  "blocked clients are unblocked": `
    b> CLIENT ID
    ~ CLIENT ID
    CLIENT UNBLOCK 999999
    CLIENT UNBLOCK x
    CLIENT UNBLOCK 999999 FOO
    b> BLPOP none 0.05
    b> GET a
    c> BLMOVE none r LEFT LEFT 0.05
    c<
    d> BLMPOP 0.05 1 none LEFT
    d<`,
  "renamed and restored keys serve too": `
    b> BLPOP q 0
    ?blocked 1
    RPUSH other a b
    RENAME other q
    b<
    c> BLPOP s 0
    ?blocked 1
    RPUSH src 1 2
    SORT src STORE s
    c<
    LRANGE s 0 -1
    d> BLPOP t 0
    ?blocked 1
    COPY src t
    d<
    LRANGE t 0 -1`,
  "other types": `
    SET a 1
    LPUSH a 1
    RPUSHX a 1
    LPOP a
    LLEN a
    LRANGE a 0 -1
    LINDEX a 0
    LSET a 0 x
    LINSERT a BEFORE x y
    LREM a 0 x
    LTRIM a 0 1
    LPOS a x
    LMPOP 1 a LEFT`,
});
