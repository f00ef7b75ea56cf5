import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const scriptSequences: Sequence[] = sequences({
  conversions: `
    EVAL "return 1" 0
    EVAL "return 3.99" 0
    EVAL "return -3.99" 0
    EVAL "return 'text'" 0
    EVAL "return {1,2,'three',{4}}" 0
    EVAL "return {1,nil,3}" 0
    EVAL "return nil" 0
    EVAL "return" 0
    EVAL "return true" 0
    EVAL "return false" 0
    EVAL "return {ok='FINE'}" 0
    EVAL "return {err='MY problem'}" 0
    EVAL "return {err='Problem'}" 0
    EVAL "return {a=1}" 0
    EVAL "return redis.status_reply('GOOD')" 0
    EVAL "return redis.error_reply('MY error')" 0
    EVAL "return redis.error_reply('-MY error')" 0
    EVAL "return redis.error_reply('error')" 0
    EVAL "return {KEYS[1],KEYS[2],ARGV[1],#ARGV}" 2 a b c d
    EVAL "return redis.call('SET',KEYS[1],ARGV[1])" 1 k v
    EVAL "return redis.call('GET',KEYS[1])" 1 k
    EVAL "return redis.call('GET','none')" 0
    EVAL "return type(redis.call('GET','none'))" 0
    EVAL "return redis.call('RPUSH','l',1,2.5,'three')" 0
    EVAL "return redis.call('LRANGE','l',0,-1)" 0
    EVAL "return redis.call('HSET','h','f','v')" 0
    EVAL "return redis.call('HGETALL','h')" 0
    EVAL "return redis.call('ZADD','z',1.5,'m')" 0
    EVAL "return redis.call('ZSCORE','z','m')" 0
    EVAL "return type(redis.call('ZSCORE','z','m'))" 0
    EVAL "return redis.call('ZRANGE','z',0,-1,'WITHSCORES')" 0
    EVAL "return redis.call('PING')" 0
    EVAL "return redis.call('PING')['ok']" 0
    EVAL "return redis.call('XADD','s','1-1','a','b')" 0
    EVAL "return redis.call('XREAD','STREAMS','s','0')" 0
    EVAL "return redis.call('XREAD','BLOCK',0,'STREAMS','s','$')" 0
    EVAL "return {1,{2,{3,{}}},false,true}" 0
    EVAL "return {double=3.5}" 0
    EVAL "return {map={a=1}}" 0
    EVAL "return '\\x00\\xff'" 0
    EVAL "return ARGV[1]" 0 "\\x00\\xff\\r\\n"
    EVAL "redis.setresp(3); return redis.call('HGETALL','h')" 0
    EVAL "redis.setresp(3); return redis.call('HGETALL','h')['map']['f']" 0
    EVAL "redis.setresp(3); return redis.call('ZSCORE','z','m')" 0
    EVAL "redis.setresp(3); return redis.call('GET','none') == nil" 0
    EVAL "redis.setresp(4)" 0`,
  errors: `
    EVAL "return redis.call('LPUSH',KEYS[1],1)" 1 k
    SET k v
    EVAL "return redis.call('LPUSH',KEYS[1],1)" 1 k
    EVAL "return redis.pcall('LPUSH',KEYS[1],1)" 1 k
    EVAL "return redis.pcall('LPUSH',KEYS[1],1)['err']" 1 k
    EVAL "local r = redis.pcall('LPUSH',KEYS[1],1) return type(r)" 1 k
    EVAL "return redis.call('FOO')" 0
    EVAL "return redis.pcall('FOO')" 0
    EVAL "return redis.call('GET')" 0
    EVAL "return redis.call('SUBSCRIBE','x')" 0
    EVAL "return redis.call('BLPOP','x',0)" 0
    EVAL "return redis.call('EVAL','return 1',0)" 0
    EVAL "return redis.call()" 0
    EVAL "return redis.call({})" 0
    EVAL "return redis.call('GET', nil)" 0
    EVAL "return redis.call('GET', true)" 0
    EVAL "error('boom')" 0
    EVAL "error({err='MY own'})" 0
    EVAL "error()" 0
    EVAL "return foo" 0
    EVAL "foo = 1" 0
    EVAL "return nil + 1" 0
    EVAL "local x = " 0
    EVAL "return pcall(function() error('x') end)" 0
    EVAL "local ok, e = pcall(redis.call, 'LPUSH', 'k', 1) return {ok, type(e)}" 0
    EVAL "return 1"
    EVAL "return 1" x
    EVAL "return 1" 2 a
    EVAL "return 1" -1
    EVAL "return redis.log()" 0
    EVAL "return redis.sha1hex()" 0
    EVAL "return redis.sha1hex('')" 0
    EVAL "return redis.sha1hex('abc')" 0`,
  "what is not there": `
    EVAL "return type(rawget(_G,'os') and os.execute)" 0
    EVAL "return {type(rawget(_G,'io')), type(rawget(_G,'require')), type(rawget(_G,'dofile')), type(rawget(_G,'loadfile')), type(rawget(_G,'package'))}" 0
    EVAL "return {type(cjson), type(cmsgpack), type(bit), type(table), type(string), type(math), type(redis), type(coroutine)}" 0
    EVAL "return {type(unpack), type(loadstring), type(math.pow), type(table.getn), type(string.gfind)}" 0
    EVAL "setmetatable(_G, nil)" 0`,
  "numbers of Lua 5.1": `
    EVAL "return tostring(10/2)" 0
    EVAL "return tostring(3)" 0
    EVAL "return tostring(3.5)" 0
    EVAL "return tostring(1e15)" 0
    EVAL "return tostring(123456789012345)" 0
    EVAL "return tostring(2^53)" 0
    EVAL "return 1700000000000 + 1" 0
    EVAL "return 2147483647 + 1" 0
    EVAL "return 60*60*24*1000*365" 0
    EVAL "return tostring(0xFFFFFFFF)" 0
    EVAL "return math.floor(1700000000) * 1000" 0
    EVAL "return tonumber('1700000000000') * 2" 0
    EVAL "return #ARGV * 1000000000000" 0 a b
    EVAL "local s = 0 for i = 1, 10 do s = s + i end return s" 0
    EVAL "return 7 % 3" 0
    EVAL "return -7 % 3" 0
    EVAL "return tostring(7/0)" 0
    EVAL "return tostring(-7/0)" 0
    EVAL "return string.format('%d', 3.7)" 0
    EVAL "return string.format('%d', 1700000000000)" 0
    EVAL "return string.format('%05d|%-5d|%5d', 42, 42, 42)" 0
    EVAL "return string.format('%.2f %s %x %5s %q', 3.14159, 'a', 255, 'b', 'c')" 0
    EVAL "return string.format('100%%')" 0
    EVAL "return 'a' .. 1 .. 2.5" 0
    EVAL "return tostring(1/3)" 0
    EVAL "return redis.call('SET','k',1/3)" 0
    GET k
    EVAL "return redis.call('SET','k',1e20)" 0
    GET k
    EVAL "return redis.call('INCRBY','n',1700000000000)" 0
    EVAL "return redis.call('INCRBY','n',1) - 1" 0
    EVAL "return math.max(1,5,3) + math.min(2,1)" 0
    EVAL "return math.pow(2,10)" 0
    EVAL "return {unpack({1,2,3})}" 0
    EVAL "return table.concat({1,2,3},',')" 0
    EVAL "local t = {3,1,2} table.sort(t) return t" 0
    EVAL "return select('#', 1, 2, 3)" 0
    EVAL "return {string.byte('abc', 1, 3)}" 0
    EVAL "return string.rep('ab', 3)" 0
    EVAL "return {string.find('hello world', 'o w')}" 0
    EVAL "return {string.match('key:42', '(%w+):(%d+)')}" 0
    EVAL "return string.gsub('hello', 'l', 'L')" 0
    EVAL "return ('x'):upper()" 0
    EVAL "return loadstring('return 5')()" 0`,
  json: `
    EVAL "return cjson.encode({1,2,3})" 0
    EVAL "return cjson.encode({a=1})" 0
    EVAL "return cjson.encode({})" 0
    EVAL "return cjson.encode({a={b={c={}}}})" 0
    EVAL "return cjson.encode('a/b\\"c\\\\\\\\d')" 0
    EVAL "return cjson.encode({1.5, true, false, cjson.null, 'x'})" 0
    EVAL "return cjson.encode(1e15)" 0
    EVAL "return cjson.encode(1700000000000)" 0
    EVAL "return cjson.encode(ARGV[1])" 0 "\\xc3\\xa9\\x01\\x7f\\t"
    EVAL "return cjson.encode({[1]='a',[2]='b'})" 0
    EVAL "return cjson.encode({[5]='a'})" 0
    EVAL "return cjson.encode({[1000]='a'})" 0
    EVAL "return cjson.encode(function() end)" 0
    EVAL "return cjson.encode(0/0)" 0
    EVAL "return cjson.decode(ARGV[1])" 0 "[1,2.5,\\"x\\",null,true,[3]]"
    EVAL "return cjson.decode(ARGV[1])['a']['b']" 0 "{\\"a\\":{\\"b\\":\\"c\\"}}"
    EVAL "return cjson.decode(ARGV[1])" 0 "\\"\\\\u00e9\\\\ud83d\\\\ude00\\\\n\\""
    EVAL "return cjson.decode(ARGV[1]) == cjson.null" 0 null
    EVAL "return tostring(cjson.decode('{\\"a\\":null}').a == cjson.null)" 0
    ! EVAL "return cjson.decode('{')" 0
    ! EVAL "return cjson.decode('nope')" 0
    EVAL "return cjson.decode(1,2)" 0
    EVAL "return cjson.encode(cjson.decode(ARGV[1]))" 0 "{\\"n\\":12345678901}"`,
  "messagepack and bits": `
    EVAL "return cmsgpack.pack({1,2,3})" 0
    EVAL "return cmsgpack.pack({a=1})" 0
    EVAL "return cmsgpack.pack('text', 1.5, true, false, nil)" 0
    EVAL "return cmsgpack.pack(127, 128, 255, 256, 65535, 65536, 4294967296)" 0
    EVAL "return cmsgpack.pack(-1, -32, -33, -128, -129, -32768, -32769, -2147483649)" 0
    EVAL "return cmsgpack.pack(0.1)" 0
    EVAL "return cmsgpack.pack(string.rep('a', 40))" 0
    EVAL "return cmsgpack.unpack(cmsgpack.pack({1,{2,'x'},-5,300}))" 0
    EVAL "return {cmsgpack.unpack(cmsgpack.pack(1,'b',3))}" 0
    EVAL "return cmsgpack.unpack(cmsgpack.pack({a={b='c'}})).a.b" 0
    EVAL "return cmsgpack.unpack('\\xdc')" 0
    EVAL "return {bit.band(0xff, 0x0f), bit.bor(1, 2), bit.bxor(5, 1), bit.bnot(0), bit.lshift(1, 4), bit.rshift(256, 4), bit.arshift(-256, 4)}" 0
    EVAL "return {bit.tobit(0xffffffff), bit.tohex(255), bit.tohex(255, 4), bit.tohex(255, -4), bit.rol(1, 31), bit.ror(1, 1), bit.bswap(1)}" 0`,
  "the cache": `
    SCRIPT LOAD "return 1"
    EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
    EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0
    EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
    EVALSHA x 0
    SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db ffff
    EVAL "return 2" 0
    SCRIPT EXISTS 7f923f79fe76194c868d7e1d0820de36700eb649
    SCRIPT FLUSH
    SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
    EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
    SCRIPT FLUSH ASYNC
    SCRIPT FLUSH FOO
    SCRIPT LOAD "return ("
    SCRIPT LOAD
    SCRIPT KILL
    SCRIPT FOO
    SCRIPT EXISTS`,
  "read-only scripts and flags": `
    EVAL_RO "return redis.call('GET',KEYS[1])" 1 k
    EVAL_RO "return redis.call('SET',KEYS[1],1)" 1 k
    SCRIPT LOAD "return redis.call('SET','k',1)"
    EVALSHA_RO fa2577a89bd3b3b8b1cd3de5ba4d1d96f1bce2d5 0
    EVALSHA_RO ffffffffffffffffffffffffffffffffffffffff 0
    EVAL "#!lua\\nreturn 1" 0
    EVAL "#!lua flags=no-writes\\nreturn redis.call('SET','k',1)" 0
    EVAL "#!js\\nreturn 1" 0
    EVAL "#!lua flags=foo\\nreturn 1" 0`,
  effects: `
    EVAL "redis.call('SET','a',1) redis.call('INCR','a') return redis.call('GET','a')" 0
    EVAL "redis.call('SELECT',1) redis.call('SET','b',1) return redis.call('GET','b')" 0
    GET b
    SELECT 1
    GET b
    SELECT 0
    EVAL "redis.call('SET','a',1) error('x')" 0
    GET a
    MULTI
    EVAL "return redis.call('INCR',KEYS[1])" 1 a
    EXEC
    b> BLPOP q 0
    ?blocked 1
    EVAL "redis.call('RPUSH','q','a','b') return redis.call('LLEN','q')" 0
    b<
    LRANGE q 0 -1
    EVAL "return redis.call('SET','t','v','PX',100000)" 0
    EVAL "return {redis.LOG_WARNING, redis.REPL_ALL}" 0
    EVAL "return redis.replicate_commands()" 0
    EVAL "redis.set_repl(redis.REPL_ALL) return 1" 0
    EVAL "local t = redis.call('TIME') return #t" 0`,
});
