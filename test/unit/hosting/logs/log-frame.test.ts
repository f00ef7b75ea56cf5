import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import {
  countLines,
  decodeFrame,
  dropLines,
  encodeFrame,
  FrameDecoder,
} from "../../../../hosting/src/logs/log-frame.ts";
import { continuesMark, encodeRecord, partialMark } from "../../../../hosting/src/logs/record-format.ts";

const time = Date.UTC(2026, 0, 1);
const bytes = Buffer.concat([
  encodeRecord("one", { time, seq: 9, stream: "stdout" }),
  encodeRecord("", { time, seq: 10, stream: "stderr", mark: continuesMark }),
  encodeRecord("three 🚀", { time: time + 1, seq: 11, stream: "system", mark: partialMark }),
]);
const frame = { resource: "api", replica: 1, bytes };

describe("a frame", () => {
  test("is decoded into lines", () => {
    expect(decodeFrame(frame)).toEqual([
      { seq: 9, time, resource: "api", replica: 1, stream: "stdout", text: "one" },
      { seq: 10, time, resource: "api", replica: 1, stream: "stderr", text: "", continues: true },
      {
        seq: 11,
        time: time + 1,
        resource: "api",
        replica: 1,
        stream: "system",
        text: "three 🚀",
        partial: true,
      },
    ]);
  });

  test("counts and drops lines", () => {
    expect(countLines(bytes)).toBe(3);
    expect(decodeFrame({ ...frame, bytes: dropLines(bytes, 2) }).map(({ seq }) => seq)).toEqual([11]);
    expect(dropLines(bytes, 5)).toHaveLength(0);
  });

  test.each([1, 7, 64, 10_000])("arrives whole in chunks of %d bytes", (size) => {
    const sent = Buffer.concat([encodeFrame(frame), encodeFrame({ ...frame, resource: "web" })]);
    const decoder = new FrameDecoder();
    const received = [];
    const reused = Buffer.alloc(size);
    for (let at = 0; at < sent.length; at += size) {
      const length = sent.copy(reused, 0, at, at + size);
      for (const { resource, bytes: own } of decoder.push(reused.subarray(0, length))) {
        received.push({ resource, lines: decodeFrame({ ...frame, bytes: own }).length });
      }
    }
    expect(received).toEqual([
      { resource: "api", lines: 3 },
      { resource: "web", lines: 3 },
    ]);
  });
});
