import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { createFrameRenderer } from "../../../../hosting/src/logs/frame-renderer.ts";
import { continuesMark, encodeRecord } from "../../../../hosting/src/logs/record-format.ts";
import type { LogStream } from "@dext/protocol";

function render(
  texts: readonly string[],
  options: { colour?: boolean; terminal?: boolean; stream?: LogStream; mark?: number } = {},
): string {
  const { colour = false, terminal = false, stream = "stdout", mark } = options;
  const renderer = createFrameRenderer({ prefix: ({ resource }) => `${resource} | `, colour, terminal });
  const bytes = Buffer.concat(
    texts.map((text, seq) =>
      encodeRecord(text, { time: 0, seq, stream, ...(mark === undefined ? {} : { mark }) }),
    ),
  );
  return renderer({ resource: "api", replica: 0, bytes }).toString();
}

describe("a frame renderer", () => {
  test("prefixes each line", () => {
    expect(render(["one", "", "größe"])).toBe("api | one\napi | \napi | größe\n");
  });

  test("grows as far as long prefixes need", () => {
    const lines = Array.from({ length: 5000 }, () => "x");
    expect(render(lines)).toBe("api | x\n".repeat(5000));
  });

  test("ends colours with their line, or leaves them out", () => {
    expect(render(["\u001b[31mred", "next"], { colour: true })).toBe(
      "api | \u001b[31mred\u001b[0m\napi | next\n",
    );
    expect(render(["\u001b[31mred", "next"])).toBe("api | red\napi | next\n");
  });

  test("keeps a terminal from being cleared", () => {
    expect(render(["\u001b[2Ja\u0007b"], { terminal: true, colour: true })).toBe("api | ab\n");
  });

  test("marks a line that was broken", () => {
    expect(render(["long", "er"], { mark: continuesMark })).toBe("api | long …\napi | er …\n");
  });
});
