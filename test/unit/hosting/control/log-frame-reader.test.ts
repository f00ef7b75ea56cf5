import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { LogFrameReader } from "../../../../hosting/src/control/log-frame-reader.ts";
import { decodeFrame, encodeFrame } from "../../../../hosting/src/logs/log-frame.ts";
import { encodeRecord } from "../../../../hosting/src/logs/record-format.ts";

const frames = [
  ["api", 0, ["one", "", "three €"]],
  ["web", 1, ["x".repeat(300)]],
  ["api", 0, ["four"]],
] as const;

function encodeAll(): Buffer {
  let seq = 0;
  return Buffer.concat(
    frames.map(([resource, replica, texts]) => {
      const records = texts.map((text) => encodeRecord(text, { time: 0, seq: (seq += 1), stream: "stdout" }));
      return encodeFrame({ resource, replica, bytes: Buffer.concat(records) });
    }),
  );
}

test.each([1, 2, 3, 7, 40, 41, 100, 1000])("LogFrameReader reads lines from chunks of %i bytes", (size) => {
  const bytes = encodeAll();
  const reader = new LogFrameReader();
  const read: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    // A chunk is used again after it was read.
    const chunk = Uint8Array.from(bytes.subarray(at, at + size));
    for (const frame of reader.push(chunk)) {
      for (const line of decodeFrame(frame))
        read.push(`${line.resource}.${line.replica} ${line.seq} ${line.text}`);
    }
    chunk.fill(0);
  }
  expect(read).toEqual([
    "api.0 1 one",
    "api.0 2 ",
    "api.0 3 three €",
    `web.1 4 ${"x".repeat(300)}`,
    "api.0 5 four",
  ]);
  expect(reader.isWhole).toBe(true);
});

test("LogFrameReader tells that a frame was cut off", () => {
  const bytes = encodeAll();
  const reader = new LogFrameReader();
  expect([...reader.push(bytes.subarray(0, -1))].length).toBeGreaterThan(0);
  expect(reader.isWhole).toBe(false);
});
