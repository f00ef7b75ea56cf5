import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const serverSequences: Sequence[] = sequences({
  "sizes and flushing": `
    DBSIZE
    MSET a 1 b 2
    DBSIZE
    FLUSHDB
    DBSIZE
    DBSIZE x
    ~ TIME
    ROLE
    ~ LASTSAVE
    ~ RANDOMKEY
    SET a 1
    RANDOMKEY`,
  settings: `
    CONFIG GET maxmemory
    CONFIG GET maxmemory-policy
    CONFIG GET appendonly
    CONFIG GET databases
    CONFIG GET timeout
    CONFIG GET hash-max-listpack-entries
    CONFIG GET hash-max-ziplist-entries
    CONFIG GET slowlog-max-len
    CONFIG GET notify-keyspace-events
    CONFIG GET none
    = CONFIG GET hash-max-listpack-entries timeout
    CONFIG SET timeout 100
    CONFIG GET timeout
    CONFIG SET timeout 0
    CONFIG SET maxmemory 100mb
    CONFIG GET maxmemory
    CONFIG SET maxmemory 0
    CONFIG SET foo bar
    CONFIG SET timeout
    CONFIG SET timeout abc
    CONFIG SET appendonly maybe
    CONFIG SET databases 5
    CONFIG SET maxmemory-policy foo
    CONFIG SET timeout 5 foo bar
    CONFIG GET timeout
    CONFIG SET timeout 1 timeout 2
    CONFIG RESETSTAT
    CONFIG REWRITE
    CONFIG FOO
    CONFIG
    CONFIG GET`,
  information: `
    ~ INFO
    ~ INFO server
    ~ INFO server clients
    ~ INFO all
    INFO none
    SET a 1
    INFO keyspace
    HSET h f v
    EXPIRE h 100
    SELECT 3
    SET b 1
    ~ INFO keyspace`,
  commands: `
    ~ COMMAND COUNT
    COMMAND INFO none
    = COMMAND GETKEYS GET a
    COMMAND GETKEYS MSET a 1 b 2
    COMMAND GETKEYS EVAL "return 1" 2 a b c
    COMMAND GETKEYS ZUNIONSTORE r 2 a b
    COMMAND GETKEYS XREAD COUNT 2 STREAMS s t 0 0
    COMMAND GETKEYS BLPOP a b 0
    COMMAND GETKEYS PING x
    COMMAND GETKEYS FOO x
    COMMAND GETKEYS GET
    ~ COMMAND DOCS get
    ~ COMMAND LIST
    = COMMAND LIST FILTERBY PATTERN xinf*
    COMMAND LIST FILTERBY FOO x
    COMMAND FOO
    ~ COMMAND`,
  "memory, latency and slow commands": `
    SET a 1
    ~ MEMORY USAGE a
    MEMORY USAGE none
    MEMORY USAGE a FOO
    ~ MEMORY USAGE a SAMPLES 5
    ~ MEMORY DOCTOR
    ~ MEMORY STATS
    MEMORY FOO
    MEMORY
    SLOWLOG RESET
    SLOWLOG FOO
    LATENCY LATEST
    LATENCY RESET
    LATENCY HISTORY command
    LATENCY FOO`,
  "what is left out by default": `
    DEBUG SLEEP 0
    CLUSTER INFO
    MODULE LIST
    ACL WHOAMI
    ACL USERS
    ACL LIST
    ACL FOO`,
  help: `
    ~ CONFIG HELP
    ~ CLIENT HELP
    ~ OBJECT HELP
    ~ XGROUP HELP
    ~ XINFO HELP
    ~ PUBSUB HELP
    ~ SCRIPT HELP
    ~ MEMORY HELP
    ~ SLOWLOG HELP
    ~ LATENCY HELP
    ~ COMMAND HELP`,
  "watching everybody": `
    b> MONITOR
    b<
    SET a 1
    ~ GET a`,
});
