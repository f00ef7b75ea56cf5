import { describe, expect, test } from "vitest";

import { encodeReply } from "../../../../../../hosting/src/embedded/redis/protocol/reply-encoder.ts";
import { ReplyError } from "../../../../../../hosting/src/embedded/redis/protocol/reply-error.ts";
import {
  DoubleReply,
  MapReply,
  NamedListReply,
  noReply,
  nullArray,
  ok,
  PairsReply,
  PushReply,
  SetReply,
  VerbatimText,
} from "../../../../../../hosting/src/embedded/redis/protocol/reply.ts";
import type { Reply } from "../../../../../../hosting/src/embedded/redis/protocol/reply.ts";

const cases: readonly (readonly [name: string, reply: Reply, resp2: string, resp3: string])[] = [
  ["a text", "a\r\nb", "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n"],
  ["an integer", -7, ":-7\r\n", ":-7\r\n"],
  ["a big integer", 2n ** 62n, ":4611686018427387904\r\n", ":4611686018427387904\r\n"],
  ["a status", ok, "+OK\r\n", "+OK\r\n"],
  ["an error, on one line", new ReplyError("ERR a\r\nb"), "-ERR a  b\r\n", "-ERR a  b\r\n"],
  ["null", null, "$-1\r\n", "_\r\n"],
  ["a null array", nullArray, "*-1\r\n", "_\r\n"],
  ["a boolean", true, ":1\r\n", "#t\r\n"],
  ["a double", new DoubleReply(0.5), "$3\r\n0.5\r\n", ",0.5\r\n"],
  ["infinity", new DoubleReply(-Infinity), "$4\r\n-inf\r\n", ",-inf\r\n"],
  [
    "an array",
    ["a", [1, null]],
    "*2\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n",
    "*2\r\n$1\r\na\r\n*2\r\n:1\r\n_\r\n",
  ],
  ["a map", new MapReply(["a", 1]), "*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n"],
  ["a set", new SetReply(["a"]), "*1\r\n$1\r\na\r\n", "~1\r\n$1\r\na\r\n"],
  ["pairs", new PairsReply(["a", 1]), "*2\r\n$1\r\na\r\n:1\r\n", "*1\r\n*2\r\n$1\r\na\r\n:1\r\n"],
  ["a named list", new NamedListReply(["a", 1]), "*1\r\n*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n"],
  ["text for people", new VerbatimText("hi"), "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"],
  ["a message", new PushReply(["m"]), "*1\r\n$1\r\nm\r\n", ">1\r\n$1\r\nm\r\n"],
  ["nothing", noReply, "", ""],
];

describe("the reply encoder", () => {
  test.each(cases)("writes %s in both protocols", (_name, reply, resp2, resp3) => {
    expect(encodeReply(reply, 2)).toBe(resp2);
    expect(encodeReply(reply, 3)).toBe(resp3);
  });
});
