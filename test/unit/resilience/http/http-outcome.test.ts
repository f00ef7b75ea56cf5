import { describe, expect, it } from "vitest";
import { isIdempotentRequest, isTransientHttp, isTransientStatus, parseRetryAfter } from "@dext/resilience";

const now = Date.UTC(2026, 5, 1, 12, 0, 0);

describe("a Retry-After", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 5 ", 5000],
    ["Mon, 01 Jun 2026 12:01:00 GMT", 60_000],
    ["Mon, 01 Jun 2026 11:59:00 GMT", 0],
    ["", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["2026-06-01", undefined],
    ["Mon, 99 Jun 2026 12:01:00 GMT", undefined],
  ])("of %j is %j ms", (value, milliseconds) => {
    expect(parseRetryAfter(value, now)).toBe(milliseconds);
  });
});

it.each([
  [200, false],
  [404, false],
  [408, true],
  [429, true],
  [500, true],
  [501, false],
  [503, true],
  [505, false],
  [599, true],
])("status %i is transient: %j", (status, transient) => {
  expect(isTransientStatus(status)).toBe(transient);
  expect(isTransientHttp({ result: new Response(null, { status }) })).toBe(transient);
});

it.each([
  ["GET", {}, true],
  ["put", {}, true],
  ["DELETE", {}, true],
  ["POST", {}, false],
  ["PATCH", {}, false],
  ["POST", { "Idempotency-Key": "a1" }, true],
])("%s with %j is idempotent: %j", (method, headers, idempotent) => {
  expect(isIdempotentRequest({ method, headers: new Headers(headers as Record<string, string>) })).toBe(
    idempotent,
  );
});
