import { describe, expect, test } from "vitest";
import { watchEvents } from "../../../../providers/src/kubernetes-api/watch-events.ts";
import type { WatchEvent } from "../../../../providers/src/kubernetes-api/watch-events.ts";

async function read(...chunks: readonly Uint8Array[]): Promise<WatchEvent[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const events: WatchEvent[] = [];
  for await (const event of watchEvents(stream())) events.push(event);
  return events;
}

const text = new TextEncoder();
const line = text.encode('{"type":"ADDED","object":{"metadata":{"name":"größe"}}}\n');

describe("watchEvents", () => {
  test.each([1, 2, 3, 7, 1000])("puts lines together that come in pieces of %i bytes", async (size) => {
    const whole = Buffer.concat([line, line]);
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
      whole.subarray(at * size, (at + 1) * size),
    );
    const event = { type: "ADDED", object: { metadata: { name: "größe" } } };
    expect(await read(...chunks)).toEqual([event, event]);
  });

  test("leaves out empty lines, and what was cut off at the end", async () => {
    expect(await read(text.encode("\n\r\n"), line, line.subarray(0, 20))).toHaveLength(1);
  });

  test.each([
    "garbage",
    "null",
    "[]",
    '"text"',
    '{"type":"ADDED"}',
    '{"type":"OTHER","object":{}}',
    '{"object":{}}',
  ])("takes %s for no event, and does not repeat it", async (garbage) => {
    const error = await read(text.encode(`${garbage}\n`)).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: "DEXT_CONFIG_KUBERNETES_ANSWER_INVALID" });
    expect((error as Error).message).not.toContain(garbage);
  });

  test("does not collect a line without end", async () => {
    const chunk = text.encode("x".repeat(1024 * 1024));
    await expect(read(...Array.from({ length: 6 }, () => chunk))).rejects.toThrow(
      "a line of more than 4194304 characters",
    );
  });
});
