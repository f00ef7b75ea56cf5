import { sequences } from "../../../../fixtures/embedded-redis/sequence.ts";
import type { Sequence } from "../../../../fixtures/embedded-redis/sequence.ts";

export const connectionSequences: Sequence[] = sequences({
  "ping, echo and unknown commands": `
    PING
    PING hello
    PING a b
    ECHO hello
    ECHO
    FOO
    foo bar "baz qux"
    FOO aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b
    get a
    GeT a`,
  hello: `
    ~ HELLO
    ~ HELLO 2
    ~ HELLO 3
    HGETALL none
    GET none
    HELLO 4
    HELLO x
    HELLO 2 FOO
    HELLO 2 SETNAME
    ~ HELLO 2 SETNAME me
    CLIENT GETNAME
    ~ HELLO 2 AUTH default any SETNAME me2
    HELLO 2 AUTH nobody any
    CLIENT GETNAME`,
  "names and facts": `
    CLIENT GETNAME
    CLIENT SETNAME me
    CLIENT GETNAME
    CLIENT SETNAME "a b"
    CLIENT SETNAME ""
    CLIENT GETNAME
    ~ CLIENT ID
    ~ CLIENT INFO
    ~ CLIENT LIST
    ~ CLIENT LIST TYPE normal
    ~ CLIENT LIST ID 1 2 3
    CLIENT LIST TYPE foo
    CLIENT LIST ID x
    CLIENT LIST FOO
    CLIENT LIST TYPE master
    CLIENT NO-EVICT ON
    CLIENT NO-EVICT FOO
    CLIENT GETREDIR
    CLIENT FOO
    CLIENT
    CLIENT KILL 1.2.3.4:5
    CLIENT KILL ID 999999
    CLIENT KILL ID x
    CLIENT KILL TYPE foo
    CLIENT KILL FOO bar
    CLIENT KILL ADDR 1.2.3.4:5 SKIPME no
    CLIENT KILL SKIPME foo
    CLIENT TRACKINGINFO`,
  "replies off and on": `
    CLIENT REPLY ON
    b> CLIENT REPLY SKIP
    b> SET a 1
    b> GET a
    b<
    b> CLIENT REPLY OFF
    b> SET a 2
    b> CLIENT REPLY ON
    b<
    b> GET a
    b<
    CLIENT REPLY FOO`,
  passwords: `
    AUTH secret
    AUTH default secret
    AUTH nobody secret
    AUTH a b c
    AUTH`,
  reset: `
    SELECT 1
    CLIENT SETNAME me
    MULTI
    RESET
    CLIENT GETNAME
    SET a 1
    SELECT 0
    GET a
    RESET foo
    EXEC`,
  quit: `
    b> QUIT
    b<
    QUIT`,
});
