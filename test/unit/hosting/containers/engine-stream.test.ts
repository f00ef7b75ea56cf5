import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { FrameReader } from "../../../../hosting/src/containers/engine-stream.ts";

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

describe("the frames of a container's output", () => {
  const bytes = Buffer.concat([frame(1, "hello\n"), frame(2, "oh ü\n"), frame(1, ""), frame(1, "bye")]);

  test.each([1, 2, 3, 7, 8, 9, 100])("come apart in pieces of %i bytes", (size) => {
    const reader = new FrameReader();
    const output: Record<string, Buffer[]> = { stdout: [], stderr: [] };
    for (let at = 0; at < bytes.length; at += size) {
      for (const { stream, chunk } of reader.push(bytes.subarray(at, at + size))) output[stream]?.push(chunk);
    }
    expect(Buffer.concat(output["stdout"] ?? []).toString()).toBe("hello\nbye");
    expect(Buffer.concat(output["stderr"] ?? []).toString()).toBe("oh ü\n");
  });
});
