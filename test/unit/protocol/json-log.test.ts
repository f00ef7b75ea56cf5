import { describe, expect, test } from "vitest";
import { parseJsonLog } from "@dext/protocol";

const time = Date.UTC(2026, 0, 1);

describe("parseJsonLog", () => {
  test("recognises pino", () => {
    const line = `{"level":30,"time":${time},"pid":7,"hostname":"box","msg":"listening","port":80}`;
    expect(parseJsonLog(line)).toEqual({
      level: "info",
      message: "listening",
      time,
      attributes: { pid: 7, hostname: "box", port: 80 },
    });
  });

  test("recognises bunyan", () => {
    const line =
      '{"name":"api","hostname":"box","pid":7,"level":50,"msg":"no answer","time":"2026-01-01T00:00:00.000Z","v":0}';
    expect(parseJsonLog(line)).toEqual({
      level: "error",
      message: "no answer",
      time,
      attributes: { name: "api", hostname: "box", pid: 7 },
    });
  });

  test("recognises winston", () => {
    const line = '{"level":"warn","message":"slow","timestamp":"2026-01-01T00:00:00.000Z","service":"api"}';
    expect(parseJsonLog(line)).toEqual({
      level: "warn",
      message: "slow",
      time,
      attributes: { service: "api" },
    });
  });

  test("recognises the JSON of Deno's @std/log", () => {
    const line = `{"level":"INFO","datetime":${time},"message":"listening","args":{"port":80}}`;
    expect(parseJsonLog(line)).toEqual({
      level: "info",
      message: "listening",
      time,
      attributes: { args: { port: 80 } },
    });
  });

  test("recognises fields below a key of their own", () => {
    const line =
      '{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","fields":{"message":"listening","port":80},"target":"api"}';
    expect(parseJsonLog(line)).toEqual({
      level: "info",
      message: "listening",
      time,
      attributes: { port: 80, target: "api" },
    });
  });

  test.each([
    ["10", "trace"],
    ["20", "debug"],
    ["35", "info"],
    ["40", "warn"],
    ["60", "fatal"],
    ['"WARNING"', "warn"],
    ['"critical"', "fatal"],
    ['"verbose"', "debug"],
    ['"log"', "info"],
  ])("understands level %s", (level, expected) => {
    expect(parseJsonLog(`{"level":${level},"msg":"x"}`)?.level).toBe(expected);
  });

  test("understands times in seconds and lines without a time", () => {
    expect(parseJsonLog(`{"level":"info","msg":"x","ts":${time / 1000}}`)?.time).toBe(time);
    expect(parseJsonLog('{"level":"info","msg":"x"}')?.time).toBeUndefined();
  });

  test.each([
    "plain text",
    "",
    "{",
    "{}",
    "[1]",
    "null",
    '{"msg":"no level"}',
    '{"level":"info"}',
    '{"level":"strange","msg":"x"}',
    '{"level":"constructor","msg":"x"}',
    '{"level":30,"msg":{"not":"text"}}',
    '{"level":30,"msg":"cut off"',
  ])("leaves %j alone", (line) => {
    expect(parseJsonLog(line)).toBeUndefined();
  });
});
