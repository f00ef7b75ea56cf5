import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const stringSequences: Sequence[] = sequences({
  "set and get": `
    GET a
    SET a 1
    GET a
    STRLEN a
    TYPE a
    SET a ""
    GET a
    STRLEN a
    STRLEN none
    GET
    SET a`,
  "set with options": `
    SET a 1 XX
    SET a 1 NX
    SET a 2 NX
    SET a 2 XX
    SET a 3 GET
    GET a
    SET b 1 GET
    SET b 2 NX GET
    GET b
    SET a 4 XX GET
    SET a 1 NX XX
    SET a 1 EX 10 PX 10
    SET a 1 EX 0
    SET a 1 EX -1
    SET a 1 PX abc
    SET a 1 EX
    SET a 1 FOO
    SET a 1 EX 9223372036854775807
    SET a 1 EX 100
    TTL a
    SET a 2 KEEPTTL
    TTL a
    SET a 3
    TTL a
    SET a 1 EXAT 99999999999
    EXPIRETIME a
    SET a 1 PXAT 99999999999999
    PEXPIRETIME a
    SET a 1 EXAT 1
    GET a
    SET a 1 KEEPTTL EX 10
    LPUSH l 1
    SET l 1 GET
    SET l x
    TYPE l`,
  "setex, psetex, setnx, getset, getdel": `
    SETEX a 100 v
    TTL a
    SETEX a 0 v
    SETEX a -5 v
    SETEX a x v
    PSETEX a 100000 w
    TTL a
    SETNX a z
    SETNX b z
    GETSET a q
    TTL a
    GETSET c q
    GETDEL c
    GETDEL c
    LPUSH l 1
    GETSET l 1
    GETDEL l
    SETEX a 10
    SETNX l 1`,
  getex: `
    SET a v EX 100
    GETEX a
    TTL a
    GETEX a PERSIST
    TTL a
    GETEX a EX 50
    TTL a
    GETEX a PX 60000
    TTL a
    GETEX a EXAT 1
    EXISTS a
    GETEX a EX 10
    SET a v
    GETEX a EX 0
    GETEX a FOO
    GETEX a EX 10 PERSIST
    GETEX`,
  "append and ranges": `
    APPEND a hello
    APPEND a " world"
    GETRANGE a 0 4
    GETRANGE a -5 -1
    GETRANGE a 3 1
    GETRANGE a 0 -1
    GETRANGE a -100 100
    GETRANGE a 100 200
    GETRANGE a -1 -5
    GETRANGE none 0 -1
    SUBSTR a 0 1
    SETRANGE a 6 Redis
    GET a
    SETRANGE b 5 x
    GET b
    SETRANGE b 0 ""
    SETRANGE none 0 ""
    EXISTS none
    SETRANGE a -1 x
    SETRANGE a x y
    SETRANGE a 536870912 x
    GETRANGE a a b
    LPUSH l 1
    APPEND l 1
    GETRANGE l 0 1
    SETRANGE l 0 x
    STRLEN l`,
  counters: `
    INCR a
    INCR a
    INCRBY a 10
    DECR a
    DECRBY a 5
    GET a
    INCRBY a -3
    DECRBY a -3
    SET b abc
    INCR b
    SET b " 1"
    INCR b
    SET b "1 "
    INCR b
    SET b 01
    INCR b
    SET b +1
    INCR b
    SET b -0
    INCR b
    SET b 9223372036854775806
    INCR b
    INCR b
    GET b
    SET b -9223372036854775808
    DECR b
    DECRBY b 1
    INCRBY b -1
    INCRBY b x
    DECRBY c -9223372036854775808
    SET b 9007199254740993
    INCR b
    INCRBY b 9007199254740993
    SET b 9223372036854775808
    INCR b
    INCRBY a 1.5
    LPUSH l 1
    INCR l
    INCRBY l 1`,
  floats: `
    INCRBYFLOAT a 0.1
    INCRBYFLOAT a 0.2
    INCRBYFLOAT a -0.3
    SET a 10.50
    INCRBYFLOAT a 0.1
    INCRBYFLOAT a -5
    SET a 5.0e3
    INCRBYFLOAT a 2.0e2
    SET a 3.0
    INCRBYFLOAT a 1.000000000000000005
    INCRBYFLOAT a 1e-18
    INCRBYFLOAT a abc
    INCRBYFLOAT a inf
    INCRBYFLOAT a nan
    SET a x
    INCRBYFLOAT a 1
    SET a 1
    INCRBYFLOAT a 1.5
    INCRBYFLOAT a " 1"
    SET a 0
    INCRBYFLOAT a -1.2
    INCRBYFLOAT a 1.2
    INCRBYFLOAT a 3.14159265358979
    LPUSH l 1
    INCRBYFLOAT l 1`,
  "several at once": `
    MSET a 1 b 2 c 3
    MGET a b c d
    MSET a 1 b
    MSETNX d 1 e 2
    MSETNX d 1 f 2
    MGET d e f
    LPUSH l 1
    MGET a l
    MSET l 1
    TYPE l
    MGET
    MSETNX a`,
  "longest common subsequence": `
    MSET a ohmytext b mynewtext
    LCS a b
    LCS a b LEN
    LCS a b IDX
    LCS a b IDX MINMATCHLEN 4
    LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
    LCS a b LEN IDX
    LCS a none
    LCS none none2 LEN
    LPUSH l 1
    LCS a l
    LCS a b FOO
    MSET x abcdxefgh y zabcyefghq
    LCS x y IDX WITHMATCHLEN`,
  "binary safe": `
    SET "\\x00\\xff\\r\\n" "\\x00\\x01\\x80\\xfe\\r\\n"
    GET "\\x00\\xff\\r\\n"
    STRLEN "\\x00\\xff\\r\\n"
    APPEND "\\x00\\xff\\r\\n" "\\xc3\\xa9"
    GET "\\x00\\xff\\r\\n"
    KEYS *`,
  bits: `
    SETBIT a 7 1
    GET a
    SETBIT a 7 0
    SETBIT a 0 1
    GETBIT a 0
    GETBIT a 1
    GETBIT a 100
    GETBIT none 1
    SETBIT a 2 2
    SETBIT a -1 1
    SETBIT a x 1
    SETBIT a 4294967296 1
    GETBIT a -1
    SETBIT a 4294967295 x
    SET b foobar
    BITCOUNT b
    BITCOUNT b 0 0
    BITCOUNT b 1 1
    BITCOUNT b 0 -5
    BITCOUNT b 5 30 BIT
    BITCOUNT b 1 1 BYTE
    BITCOUNT b 0 -5 BIT
    BITCOUNT b 0
    BITCOUNT b 0 1 FOO
    BITCOUNT none
    BITCOUNT none 0 10
    BITCOUNT b -100 -90
    BITCOUNT b 3 1
    SET c "\\xff\\xf0\\x00"
    BITPOS c 0
    BITPOS c 1
    BITPOS c 1 2
    BITPOS c 0 0 -1
    BITPOS c 1 2 -1 BYTE
    BITPOS c 0 1 1
    BITPOS c 1 7 15 BIT
    BITPOS c 1 7 -3 BIT
    BITPOS none 0
    BITPOS none 1
    SET d "\\xff\\xff"
    BITPOS d 0
    BITPOS d 0 0
    BITPOS d 0 0 -1
    BITPOS d 2
    BITPOS d x
    LPUSH l 1
    GETBIT l 0
    SETBIT l 0 1
    BITCOUNT l
    BITPOS l 1`,
  bitop: `
    MSET a "abc" b "\\x0f\\xff"
    BITOP AND r a b
    GET r
    BITOP OR r a b
    GET r
    BITOP XOR r a b
    GET r
    BITOP NOT r a
    GET r
    BITOP NOT r a b
    BITOP FOO r a
    BITOP AND r none
    EXISTS r
    BITOP AND r a none
    GET r
    LPUSH l 1
    BITOP OR r a l`,
  bitfield: `
    BITFIELD a INCRBY i5 100 1 GET u4 0
    BITFIELD a SET u8 0 255 GET u8 0 GET i8 0
    BITFIELD a SET u8 #1 100 GET u8 #1
    BITFIELD a INCRBY u8 0 10
    BITFIELD a OVERFLOW SAT INCRBY u8 0 1000
    BITFIELD a OVERFLOW FAIL INCRBY u8 0 1000
    BITFIELD a OVERFLOW WRAP INCRBY i8 0 1000
    BITFIELD a OVERFLOW SAT INCRBY i8 0 -1000
    BITFIELD a SET i64 0 -1 GET i64 0 GET u63 0
    BITFIELD a SET i64 0 9223372036854775807
    BITFIELD a OVERFLOW SAT INCRBY i64 0 1
    BITFIELD a INCRBY i64 0 1
    BITFIELD a GET u64 0
    BITFIELD a GET i65 0
    BITFIELD a GET x8 0
    BITFIELD a GET u8 -1
    BITFIELD a GET u8 x
    BITFIELD a OVERFLOW FOO GET u8 0
    BITFIELD a FOO
    BITFIELD a SET u8 0 x
    BITFIELD a
    BITFIELD_RO a GET u8 0
    BITFIELD_RO a SET u8 0 1
    BITFIELD none GET u8 0
    EXISTS none
    GET a
    LPUSH l 1
    BITFIELD l GET u8 0`,
  hyperloglog: `
    PFADD h a b c d e f g
    PFCOUNT h
    PFADD h a
    PFADD h2
    PFADD h2
    PFCOUNT h2
    PFADD h3 1 2 3 a b
    PFCOUNT h h3
    PFMERGE m h h3
    PFCOUNT m
    PFCOUNT none
    SET s foo
    PFADD s a
    PFCOUNT s
    PFMERGE m s
    LPUSH l 1
    PFADD l a`,
});
