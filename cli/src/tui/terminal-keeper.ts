import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { TerminalStdout } from "./terminal-modes.ts";

/** A process that gives the terminal back when this one is killed and can no longer do it. */
export interface TerminalKeeper {
  /** Sends it away: the terminal has been given back. */
  dismiss(): void;
}

/**
 * The keeper's program: 2 MB, there in 3 ms, in a session of its own, so that nothing typed at the terminal reaches it
 * and a kill of the whole job does not either. Its stdout is the terminal, and so is 3, since within $(…) stdout is
 * another; its stdin is a pipe whose end is our end.
 *
 * - Raw mode has no signals (`-isig`). A shell that has taken the terminal back has put the modes right and uses its own.
 * - What was cut off in the middle is cancelled (CAN) and closed: a frame, a link, colours.
 * - Leaving the alternate screen also goes back to the place where the cursor was saved. On the main screen that would
 *   be any place, so it is saved there just before; each screen has its own.
 */
const keeperScript = `
trap '' HUP INT QUIT TERM TSTP
exec 3<&1
before=$(stty -g <&3)
echo ready >&2
read -r word
[ "$word" != dismissed ] || exit 0
case $(stty -a <&3) in *-isig*) stty "$before" <&3 || stty sane <&3 ;; esac
printf '\\030\\033[?2026l\\033]8;;\\033\\\\\\033[0m'
printf '\\033[?1000l\\033[?1002l\\033[?1003l\\033[?1006l\\033[?2004l'
printf '\\0337\\033[?1049l\\033[?25h'
`;

/** So long it may take to begin, in milliseconds; after that the interface does without it. */
const patience = 1000;

/**
 * Starts a keeper and resolves when it has taken note of how the terminal is, which must be before it is changed.
 * `undefined` where there is none to keep.
 */
export async function keepTerminal(
  stdout: Pick<TerminalStdout, "isTTY" | "fd">,
): Promise<TerminalKeeper | undefined> {
  if (stdout.isTTY !== true || stdout.fd === undefined || process.platform === "win32") return undefined;
  const keeper = spawn("/bin/sh", ["-c", keeperScript, "dext-terminal-keeper"], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", stdout.fd, "pipe"],
  });
  // It goes when it wants to: without it the terminal is given back in all cases but one.
  for (const part of [keeper, keeper.stdin, keeper.stderr]) part?.on("error", () => {});
  await begun(keeper);
  keeper.stderr?.destroy();
  keeper.unref();
  (keeper.stdin as { unref?: () => void } | null)?.unref?.();
  return { dismiss: () => void keeper.stdin?.end("dismissed\n") };
}

async function begun(keeper: ChildProcess): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const timer = setTimeout(() => waiting.abort(), patience);
  const said = once(keeper.stderr as NonNullable<ChildProcess["stderr"]>, "data", { signal });
  await Promise.race([said, once(keeper, "exit", { signal })]).catch(() => undefined);
  clearTimeout(timer);
  waiting.abort();
}
