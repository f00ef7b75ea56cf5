import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const sortedSetSequences: Sequence[] = sequences({
  adding: `
    ZADD z 1 a 2 b 3 c
    ZADD z 5 a 4 d
    ZADD z CH 6 a 7 e
    ZADD z NX 9 a 9 f
    ZADD z XX 1 a 1 new
    ZADD z GT 0 a
    ZADD z GT CH 10 a
    ZADD z LT CH 5 a
    ZADD z LT CH 50 a
    ZADD z INCR 2.5 a
    ZADD z NX INCR 2.5 a
    ZADD z XX INCR 1 none
    ZADD z GT INCR -1 a
    ZADD none XX 1 a
    EXISTS none
    ZADD z NX XX 1 a
    ZADD z GT LT 1 a
    ZADD z NX GT 1 a
    ZADD z INCR 1 a 2 b
    ZADD z x a
    ZADD z 1
    ZADD z 1 a 2
    ZADD z nan a
    ZADD z inf i -inf j +inf k 1e3 l 0x10 m
    ZRANGE z 0 -1 WITHSCORES
    ZSCORE z a
    ZSCORE z none
    ZSCORE none a
    ZSCORE z i
    ZMSCORE z a none j
    ZMSCORE none a
    ZCARD z
    ZCARD none
    ZINCRBY z 1.5 a
    ZINCRBY z -1 new
    ZINCRBY z x a
    ZINCRBY z -inf i
    ZINCRBY z nan a
    ZADD z INCR -inf i
    ZADD f 0.1 a 3.14159 b 1e20 c 1e-7 d 123456789.123 e 1.0 g
    ZRANGE f 0 -1 WITHSCORES
    ZADD f -0 zero
    ZSCORE f zero
    ZADD f 17179869184.5 big 9007199254740993 exact
    ZMSCORE f big exact`,
  "ranks and removal": `
    ZADD z 1 a 2 b 2 bb 3 c
    ZRANK z a
    ZRANK z c
    ZRANK z none
    ZRANK none a
    ZREVRANK z a
    ZREVRANK z none
    ZREVRANK none a
    ZREM z a none
    ZREM none a
    ZREMRANGEBYRANK z 0 0
    ZREMRANGEBYSCORE z (2 3
    ZRANGE z 0 -1
    ZADD y 0 a 0 b 0 c 0 d
    ZREMRANGEBYLEX y [b (d
    ZRANGE y 0 -1
    ZREMRANGEBYSCORE z x 1
    ZREMRANGEBYLEX z b d
    ZREMRANGEBYRANK z x 1
    ZREMRANGEBYRANK none 0 1
    ZREMRANGEBYSCORE z -inf +inf
    EXISTS z`,
  "ranges by rank": `
    ZADD z 1 a 2 b 3 c 4 d
    ZRANGE z 0 -1
    ZRANGE z 1 2
    ZRANGE z -2 -1
    ZRANGE z 5 10
    ZRANGE z 3 1
    ZRANGE z 0 -1 WITHSCORES
    ZRANGE z 0 1 REV
    ZRANGE z 0 1 REV WITHSCORES
    ZREVRANGE z 0 1
    ZREVRANGE z 0 -1 WITHSCORES
    ZRANGE none 0 -1
    ZRANGE z x 1
    ZRANGE z 0 -1 FOO
    ZRANGE z 0 -1 LIMIT 0 1
    ZREVRANGE z 0 -1 FOO`,
  "ranges by score": `
    ZADD z 1 a 2 b 3 c 4 d
    ZRANGEBYSCORE z 2 3
    ZRANGEBYSCORE z (2 (4
    ZRANGEBYSCORE z -inf +inf WITHSCORES
    ZRANGEBYSCORE z -inf inf LIMIT 1 2
    ZRANGEBYSCORE z -inf inf LIMIT 1 -1
    ZRANGEBYSCORE z -inf inf LIMIT -1 2
    ZRANGEBYSCORE z -inf inf LIMIT 10 2
    ZRANGEBYSCORE z 3 2
    ZREVRANGEBYSCORE z 3 2
    ZREVRANGEBYSCORE z +inf -inf WITHSCORES LIMIT 1 2
    ZREVRANGEBYSCORE z (4 1
    ZRANGE z 2 3 BYSCORE
    ZRANGE z 3 2 BYSCORE REV
    ZRANGE z (1 +inf BYSCORE LIMIT 0 2 WITHSCORES
    ZCOUNT z 2 3
    ZCOUNT z (1 (4
    ZCOUNT z -inf inf
    ZCOUNT none 0 1
    ZCOUNT z x 1
    ZRANGEBYSCORE z x 1
    ZRANGEBYSCORE z 1 (x
    ZRANGEBYSCORE z 1 2 LIMIT 1
    ZRANGEBYSCORE none 0 1`,
  "ranges by member": `
    ZADD z 0 a 0 b 0 c 0 d 0 e
    ZRANGEBYLEX z - +
    ZRANGEBYLEX z [b [d
    ZRANGEBYLEX z (b (d
    ZRANGEBYLEX z - (c
    ZRANGEBYLEX z [c + LIMIT 1 1
    ZREVRANGEBYLEX z + -
    ZREVRANGEBYLEX z [d (b
    ZRANGE z [b [d BYLEX
    ZRANGE z [d [b BYLEX REV
    ZRANGE z - + BYLEX LIMIT 1 2
    ZRANGE z - + BYLEX WITHSCORES
    ZLEXCOUNT z - +
    ZLEXCOUNT z [b (d
    ZLEXCOUNT none - +
    ZRANGEBYLEX z b d
    ZRANGEBYLEX z - d
    ZLEXCOUNT z b d
    ZRANGEBYLEX z + -`,
  "stored ranges": `
    ZADD z 1 a 2 b 3 c
    ZRANGESTORE r z 0 1
    ZRANGE r 0 -1 WITHSCORES
    ZRANGESTORE r z 2 3 BYSCORE
    ZRANGE r 0 -1 WITHSCORES
    ZRANGESTORE r z 0 0 REV
    ZRANGE r 0 -1
    ZRANGESTORE r z 5 6
    EXISTS r
    ZRANGESTORE r z 0 1 WITHSCORES
    ZRANGESTORE r none 0 1`,
  popping: `
    ZADD z 1 a 2 b 3 c 4 d 5 e
    ZPOPMIN z
    ZPOPMAX z
    ZPOPMIN z 2
    ZPOPMAX z 0
    ZPOPMAX z 10
    EXISTS z
    ZPOPMIN z
    ZPOPMIN none 2
    ZPOPMIN z -1
    ZPOPMIN z x
    ZADD z 1 a 2 b 3 c
    ZMPOP 2 none z MIN
    ZMPOP 1 z MAX COUNT 5
    ZMPOP 1 none MIN
    ZMPOP 0 z MIN
    ZMPOP 1 z FOO
    ZMPOP 1 z MIN COUNT 0
    ZADD z 1 a 2 b 3 c 4 d
    BZPOPMIN none z 0
    BZPOPMAX z 0
    BZPOPMIN none 0.01
    BZMPOP 0 1 z MIN COUNT 2
    BZMPOP 0.01 1 none MAX
    BZPOPMIN z x
    BZPOPMIN z -1
    SET s 1
    BZPOPMIN s 0`,
  "blocked clients are served": `
    b> BZPOPMIN z 0
    ?blocked 1
    c> BZPOPMAX z 0
    ?blocked 2
    d> BZMPOP 0 1 z MIN COUNT 5
    ?blocked 3
    ZADD z 1 a 2 b 3 c 4 d
    b<
    c<
    d<
    EXISTS z
    e> BZPOPMIN y 0
    ?blocked 1
    ZUNIONSTORE y 1 none
    ZINCRBY y 5 m
    e<`,
  "random members": `
    ZADD z 1.5 a
    ZRANDMEMBER z
    ZRANDMEMBER z 5
    ZRANDMEMBER z 5 WITHSCORES
    ZRANDMEMBER z -2
    ZRANDMEMBER z -2 WITHSCORES
    ZRANDMEMBER z 0
    ZRANDMEMBER none
    ZRANDMEMBER none 5
    ZRANDMEMBER z x
    ZRANDMEMBER z 1 FOO`,
  algebra: `
    ZADD a 1 x 2 y 3 z
    ZADD b 10 x 20 y 30 w
    SADD s x q
    ZUNION 2 a b
    ZUNION 2 a b WITHSCORES
    ZUNION 2 a b WEIGHTS 2 0.5 WITHSCORES
    ZUNION 2 a b AGGREGATE MAX WITHSCORES
    ZUNION 2 a b AGGREGATE MIN WITHSCORES
    ZUNION 2 a s WITHSCORES
    ZINTER 2 a b WITHSCORES
    ZINTER 2 a none
    ZINTER 3 a b s WITHSCORES
    ZDIFF 2 a b WITHSCORES
    ZDIFF 2 a s
    ZDIFF 2 none a
    ZUNIONSTORE r 2 a b
    ZRANGE r 0 -1 WITHSCORES
    ZINTERSTORE r 2 a b AGGREGATE MIN
    ZRANGE r 0 -1 WITHSCORES
    ZDIFFSTORE r 2 a b
    ZRANGE r 0 -1 WITHSCORES
    ZINTERSTORE r 2 a none
    EXISTS r
    ZINTERCARD 2 a b
    ZINTERCARD 2 a b LIMIT 1
    ZUNIONSTORE r 0 a
    ZUNIONSTORE r x a
    ZUNIONSTORE r 3 a b
    ZUNION 0 a
    ZUNION 1 a WEIGHTS x
    ZUNION 2 a b WEIGHTS 1
    ZUNION 1 a AGGREGATE FOO
    ZDIFF 1 a WEIGHTS 1
    ZUNIONSTORE r 1 a WITHSCORES
    ZADD i inf p
    ZADD j -inf p
    ZUNION 2 i j WITHSCORES
    ZUNION 1 i WEIGHTS 0 WITHSCORES
    SET str 1
    ZUNION 2 a str
    ZINTERCARD 0 a
    ZINTERCARD 1 a LIMIT -1`,
  scanning: `
    ZADD z 1 a 2.5 b
    ZSCAN z 0
    ZSCAN z 0 MATCH a
    ZSCAN none 0
    ZSCAN z x`,
  "other types": `
    SET a 1
    ZADD a 1 b
    ZSCORE a b
    ZINCRBY a 1 b
    ZRANGE a 0 -1
    ZRANGEBYSCORE a 0 1
    ZRANK a b
    ZREM a b
    ZCARD a
    ZPOPMIN a
    ZMPOP 1 a MIN
    ZSCAN a 0
    ZRANDMEMBER a
    ZCOUNT a 0 1
    ZRANGESTORE r a 0 1`,
  places: `
    GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
    GEOADD g NX 0 0 Palermo
    GEOADD g CH 13.361389 38.2 Palermo
    GEOADD g XX 13.361389 38.115556 Palermo
    GEODIST g Palermo Catania
    GEODIST g Palermo Catania km
    GEODIST g Palermo Catania mi
    GEODIST g Palermo Catania ft
    GEODIST g Palermo none
    GEODIST none a b
    GEODIST g Palermo Catania foo
    GEOHASH g Palermo Catania none
    GEOPOS g Palermo Catania none
    GEOPOS none a
    ZSCORE g Palermo
    GEOADD g 200 0 x
    GEOADD g 0 86 x
    GEOADD g x 0 y
    GEOADD g 0 0
    GEOADD g NX XX 0 0 a
    GEORADIUS g 15 37 200 km ASC
    GEORADIUS g 15 37 200 km WITHDIST WITHCOORD WITHHASH DESC
    GEORADIUS g 15 37 100 km
    GEORADIUS g 15 37 200 km COUNT 1
    GEORADIUS g 15 37 200 km COUNT 1 ANY
    GEORADIUS g 15 37 200 km STORE r
    ZRANGE r 0 -1
    GEORADIUS g 15 37 200 km STOREDIST r
    ZRANGE r 0 -1 WITHSCORES
    GEORADIUS g 15 37 200 km STORE r WITHDIST
    GEORADIUS_RO g 15 37 200 km ASC
    GEORADIUS_RO g 15 37 200 km STORE r
    GEORADIUSBYMEMBER g Palermo 200 km ASC
    GEORADIUSBYMEMBER g none 200 km
    GEORADIUSBYMEMBER_RO g Palermo 10 km
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC
    GEOSEARCH g FROMMEMBER Palermo BYBOX 400 400 km ASC WITHDIST
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 100 100 km ASC WITHCOORD
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km COUNT 1 DESC
    GEOSEARCH g FROMLONLAT 15 37
    GEOSEARCH g BYRADIUS 200 km ASC WITHDIST
    GEOSEARCH g FROMMEMBER none BYRADIUS 200 km
    GEOSEARCH none FROMMEMBER none BYRADIUS 200 km
    GEOSEARCH none FROMLONLAT 15 37 BYRADIUS 200 km
    GEOSEARCHSTORE r g FROMLONLAT 15 37 BYRADIUS 200 km
    ZRANGE r 0 -1
    GEOSEARCHSTORE r g FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST
    ZRANGE r 0 -1 WITHSCORES
    GEOSEARCHSTORE r g FROMLONLAT 15 37 BYRADIUS 1 m
    EXISTS r
    GEORADIUS g 15 37 -1 km
    GEORADIUS g 15 37 x km
    GEORADIUS g 15 37 1 foo
    GEORADIUS g 15 37 1 km COUNT 0
    SET s 1
    GEOADD s 0 0 a
    GEOPOS s a
    GEORADIUS s 0 0 1 km`,
});
