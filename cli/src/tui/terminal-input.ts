import { PassThrough } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { decodeMouse } from "./mouse.ts";
import type { MouseEvent } from "./mouse.ts";

/** What is read from a terminal. */
export type TerminalStdin = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
};

/** The keys of a terminal, as a terminal for ink. */
export interface TerminalInput {
  readonly keys: TerminalStdin;
  close(): void;
}

/** So long the end of a sequence may take to come, in milliseconds. */
const patience = 20;

/** Reads a terminal: reports of the mouse go to `onMouse`, everything else to whoever reads `keys`. */
export function openTerminalInput(
  stdin: TerminalStdin,
  { onMouse }: { onMouse: (event: MouseEvent) => void },
): TerminalInput {
  const decoder = new StringDecoder("utf8");
  const keys = new PassThrough();
  let pending = "";
  let timer: NodeJS.Timeout | undefined;

  const onData = (chunk: Uint8Array | string): void => {
    clearTimeout(timer);
    const text = typeof chunk === "string" ? chunk : decoder.write(chunk);
    const decoded = decodeMouse(pending + text);
    ({ pending } = decoded);
    if (decoded.rest !== "") keys.write(decoded.rest);
    for (const event of decoded.events) onMouse(event);
    if (pending !== "") timer = setTimeout(giveUp, patience);
  };
  /** What looked like the beginning of a report was a key. */
  const giveUp = (): void => {
    keys.write(pending);
    pending = "";
  };
  stdin.on("data", onData);
  // The terminal is gone: whoever reads learns that from the signal that comes with it.
  stdin.on("error", ignore);
  return {
    keys: Object.assign(keys, {
      isTTY: true,
      setRawMode: (raw: boolean) => stdin.setRawMode?.(raw),
      ref: () => stdin.ref?.(),
      unref: () => stdin.unref?.(),
    }),
    close() {
      clearTimeout(timer);
      stdin.off("data", onData);
      stdin.pause();
      stdin.unref?.();
      keys.destroy();
    },
  };
}

function ignore(): void {}
