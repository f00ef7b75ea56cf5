import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import type { MouseEvent } from "../../../../cli/src/tui/mouse.ts";
import { openTerminalInput } from "../../../../cli/src/tui/terminal-input.ts";

function open(): { stdin: PassThrough; events: MouseEvent[]; keys: () => string; close: () => void } {
  const stdin = new PassThrough();
  const events: MouseEvent[] = [];
  const input = openTerminalInput(stdin, { onMouse: (event) => events.push(event) });
  let keys = "";
  input.keys.on("data", (chunk) => (keys += String(chunk)));
  return { stdin, events, keys: () => keys, close: () => input.close() };
}

test("terminal input keeps mouse reports from the keys", async () => {
  const { stdin, events, keys, close } = open();
  stdin.write("a\u001b[<64;3;4Mb");
  await vi.waitFor(() => expect(keys()).toBe("ab"));
  expect(events).toEqual([{ kind: "wheel-up", column: 2, row: 3 }]);
  close();
});

test("terminal input gives out a lone Escape after a moment", async () => {
  const { stdin, keys, close } = open();
  stdin.write("\u001b");
  await vi.waitFor(() => expect(keys()).toBe("\u001b"));
  close();
});

test("terminal input puts characters together whose bytes come apart", async () => {
  const { stdin, keys, close } = open();
  const bytes = Buffer.from("é表");
  for (const byte of bytes) stdin.write(Buffer.from([byte]));
  await vi.waitFor(() => expect(keys()).toBe("é表"));
  close();
});
