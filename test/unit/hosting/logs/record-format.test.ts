import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import {
  encodeRecord,
  readSeq,
  readStream,
  readTime,
  RecordHeader,
  textOffset,
} from "../../../../hosting/src/logs/record-format.ts";

const time = Date.UTC(2026, 4, 1, 12, 0, 0, 123);

describe("RecordHeader", () => {
  test.each([1, 9, 10, 98, 99, 100, 999_999_999])("counts on from %d", (seq) => {
    const header = new RecordHeader();
    header.start({ time, seq, stream: "stderr" });
    for (let step = 0; step < 3; step += 1) {
      const text = header.bytes.toString("latin1", 0, header.length);
      expect(text).toBe(`2026-05-01T12:00:00.123Z ${seq + step} err `);
      header.advance();
    }
  });
});

describe("a record", () => {
  test.each(["stdout", "stderr", "system"] as const)("is read back: %s", (stream) => {
    const record = encodeRecord("größe", { time, seq: 1042, stream });
    const bytes = Buffer.concat([Buffer.from("before\n"), record]);
    const text = textOffset(bytes, 7);
    expect(readSeq(bytes, 7)).toBe(1042);
    expect(readTime(bytes, 7)).toBe(time);
    expect(readStream(bytes, text)).toBe(stream);
    expect(bytes.toString("utf8", text)).toBe("größe\n");
  });

  test("never holds a line break", () => {
    expect(encodeRecord("a\nb", { time, seq: 1, stream: "system" }).toString()).toMatch(/ a b\n$/);
  });
});
