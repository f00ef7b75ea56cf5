import { writeSync } from "node:fs";
import process from "node:process";
import type { TerminalStdin } from "./terminal-input.ts";

/** What is drawn on. */
export type TerminalStdout = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly fd?: number;
};

/** Buttons, the wheel and moves with a button down, as SGR reports. */
export const mouseOn = "\u001b[?1000h\u001b[?1002h\u001b[?1006h";
export const mouseOff = "\u001b[?1006l\u001b[?1002l\u001b[?1000l";
const leaveAlternateScreen = "\u001b[?1049l";
/** Ends a frame that was cut off, the colours, and shows the cursor. */
const settle = "\u001b[?2026l\u001b[0m\u001b[?25h";

/** Sees to it that the terminal is itself again, however the process ends. */
export interface TerminalGuard {
  /** Puts everything back; the second time it does nothing. */
  restore(): void;
}

/** What {@link guardTerminal} takes. */
export interface TerminalGuardOptions {
  stdin: TerminalStdin;
  stdout: TerminalStdout;
  /** Takes the picture off the screen and leaves the alternate screen. */
  unmount: () => void;
  /** Called once, when the terminal is itself again. */
  onRestored?: () => void;
}

/**
 * Restores the terminal when it is told to, when the process exits, and before an exception is printed that nobody
 * caught: printed on the alternate screen it would vanish with it.
 */
export function guardTerminal({
  stdin,
  stdout,
  unmount,
  onRestored = () => {},
}: TerminalGuardOptions): TerminalGuard {
  let isRestored = false;
  const restore = (): void => {
    if (isRestored) return;
    isRestored = true;
    process.off("exit", restore);
    process.off("uncaughtExceptionMonitor", restore);
    writeNow(stdout, mouseOff);
    try {
      unmount();
    } catch {
      // It is in the middle of something: what it would have done is done for it.
      writeNow(stdout, leaveAlternateScreen);
    }
    writeNow(stdout, settle);
    try {
      stdin.setRawMode?.(false);
    } catch {
      // The terminal was closed.
    }
    onRestored();
  };
  process.on("exit", restore);
  process.on("uncaughtExceptionMonitor", restore);
  return { restore };
}

/** At the end of a process nothing that takes time is written any more. */
function writeNow(stdout: TerminalStdout, text: string): void {
  try {
    if (stdout.fd === undefined) stdout.write(text);
    else writeSync(stdout.fd, text);
  } catch {
    // The terminal was closed.
  }
}
