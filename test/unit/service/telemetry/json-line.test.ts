import { describe, expect, it } from "vitest";
import { exceptionAttributes, parseJsonLine } from "../../../../service/src/telemetry/preload/json-line.ts";

describe("a line of JSON", () => {
  it("of pino is taken apart", () => {
    const line =
      '{"level":40,"time":1767225600000,"pid":7,"hostname":"vm","user":"ada","nested":{"a":[1]},"msg":"hello"}';
    expect(parseJsonLine(line)).toEqual({
      body: "hello",
      severityNumber: 13,
      severityText: "WARN",
      timestamp: new Date(1767225600000),
      attributes: { user: "ada", nested: { a: [1] } },
    });
  });

  it("of another logger is taken apart", () => {
    const line = '{"level":"error","timestamp":"2026-01-01T00:00:00.000Z","message":"broken","trace_id":"x"}';
    expect(parseJsonLine(line)).toEqual({
      body: "broken",
      severityNumber: 17,
      severityText: "ERROR",
      timestamp: new Date("2026-01-01T00:00:00.000Z"),
      attributes: {},
    });
  });

  it.each([
    [10, 1, "TRACE"],
    [20, 5, "DEBUG"],
    [30, 9, "INFO"],
    [35, 13, "WARN"],
    [50, 17, "ERROR"],
    [60, 21, "FATAL"],
    [0, 1, "TRACE"],
    [99, 21, "FATAL"],
  ])("with the level %d has the severity %d", (level, severityNumber, severityText) => {
    expect(parseJsonLine(JSON.stringify({ level, msg: "" }))).toMatchObject({ severityNumber, severityText });
  });

  it("without a level has no severity of its own", () => {
    expect(parseJsonLine('{"msg":"hello"}')).toEqual({ body: "hello", attributes: {} });
  });

  it.each(["hello", "", "[1,2]", "{", "{}", '{"a":1}', "{ not: json }", `{"msg":"${"x".repeat(70_000)}"}`])(
    "is none: %.20s",
    (line) => {
      expect(parseJsonLine(line)).toBeUndefined();
    },
  );
});

describe("an error", () => {
  const stack = "TypeError: no such thing\n    at main (file:///app.js:3:9)";
  const attributes = {
    "exception.type": "TypeError",
    "exception.message": "no such thing",
    "exception.stacktrace": stack,
  };

  it("is told by its type, message and stack, whether it is one, an object of pino, or a text", () => {
    expect(exceptionAttributes(Object.assign(new TypeError("no such thing"), { stack }))).toEqual(attributes);
    expect(exceptionAttributes({ type: "TypeError", message: "no such thing", stack })).toEqual(attributes);
    expect(exceptionAttributes(stack)).toEqual(attributes);
  });

  it("may be anything", () => {
    expect(exceptionAttributes(undefined)).toEqual({});
    expect(exceptionAttributes(null)).toEqual({});
    expect(exceptionAttributes(7)).toEqual({});
    expect(exceptionAttributes("broken")).toEqual({ "exception.message": "broken" });
  });
});
