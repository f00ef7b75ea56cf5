import { describe, expect, test } from "vitest";

import {
  ProtocolError,
  RequestParser,
} from "../../../../../../hosting/src/embedded/redis/protocol/request-parser.ts";

const sample = [
  "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\n\r\n\0\xff*\r\n",
  "PING hello\r\n",
  "*0\r\n",
  "\r\n",
  "  SET  \"a b\\x41\\n\"  'it\\'s'  \n",
  "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
  "*-1\r\n",
  "*1\r\n$4\r\nQUIT\r\n",
].join("");

const expected = [
  ["SET", "key", "\r\n\0\xff*"],
  ["PING", "hello"],
  ["SET", "a bA\n", "it's"],
  ["ECHO", ""],
  ["QUIT"],
];

function parse(...chunks: string[]): string[][] {
  return readAll(new RequestParser(), chunks);
}

function readAll(parser: RequestParser, chunks: readonly string[]): string[][] {
  const requests: string[][] = [];
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk, "latin1"));
    for (let request = parser.next(); request !== undefined; request = parser.next()) requests.push(request);
  }
  return requests;
}

function repeat(count: number, size: number): string {
  return `*${count}\r\n${`$${size}\r\n${"x".repeat(size)}\r\n`.repeat(count)}`;
}

function readAnonymous(bytes: string): string[][] {
  const parser = new RequestParser();
  parser.isTrusted = false;
  return readAll(parser, [bytes]);
}

describe("the request parser", () => {
  test("reads requests, inline commands and empty ones from one chunk", () => {
    expect(parse(sample)).toEqual(expected);
  });

  test("reads the same when the bytes are cut anywhere", () => {
    for (let cut = 1; cut < sample.length; cut++) {
      expect(parse(sample.slice(0, cut), sample.slice(cut)), `cut at ${cut}`).toEqual(expected);
    }
  });

  test("reads the same byte by byte", () => {
    expect(parse(...sample.split(""))).toEqual(expected);
  });

  test("joins a big argument once, not for every chunk", () => {
    const parser = new RequestParser();
    const size = 32 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024, "x");
    parser.push(Buffer.from(`*1\r\n$${size}\r\n`));
    const startedAt = performance.now();
    for (let sent = 0; sent < size; sent += chunk.length) {
      expect(parser.next()).toBeUndefined();
      parser.push(chunk);
    }
    parser.push(Buffer.from("\r\n"));
    expect(parser.next()?.[0]?.length).toBe(size);
    expect(parser.pendingBytes).toBe(0);
    // Joining again and again would copy 8 GB.
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test("knows how much it holds", () => {
    const parser = new RequestParser();
    parser.push(Buffer.from("*1\r\n$10\r\nabc"));
    expect(parser.next()).toBeUndefined();
    expect(parser.pendingBytes).toBe(3);
  });

  test.each([
    ["*x\r\n", "invalid multibulk length"],
    ["*1048577\r\n", "invalid multibulk length"],
    ["*99999999999999999999\r\n", "invalid multibulk length"],
    ["*1\r\n+3\r\n", "expected '$', got '+'"],
    ["*1\r\n$x\r\n", "invalid bulk length"],
    ["*1\r\n$-1\r\n", "invalid bulk length"],
    ["*1\r\n$536870913\r\n", "invalid bulk length"],
    ['SET "a\r\n', "unbalanced quotes in request"],
    ['SET "a"b\r\n', "unbalanced quotes in request"],
    ["SET 'a\r\n", "unbalanced quotes in request"],
  ])("refuses %j", (bytes, message) => {
    expect(() => parse(bytes)).toThrow(new ProtocolError(message));
  });

  test.each([
    ["a".repeat(65 * 1024), "too big inline request"],
    [`*${"1".repeat(65 * 1024)}`, "too big mbulk count string"],
    [`*1\r\n$${"1".repeat(65 * 1024)}`, "too big bulk count string"],
  ])("refuses a line that never ends (%#)", (bytes, message) => {
    expect(() => parse(bytes)).toThrow(new ProtocolError(message));
  });

  test("reads only small requests from a client that has not authenticated", () => {
    expect(readAnonymous(repeat(10, 16_384))).toHaveLength(1);
    expect(() => readAnonymous(repeat(11, 1))).toThrow(new ProtocolError("unauthenticated multibulk length"));
    expect(() => readAnonymous(repeat(1, 16_385))).toThrow(new ProtocolError("unauthenticated bulk length"));
  });
});
