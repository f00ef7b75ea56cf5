import type { Frame } from "./compose-frame.ts";
import type { LoadedScreen } from "./import-screen.ts";
import type { ScreenSize } from "./layout.ts";
import { createSuspension } from "./suspension.ts";
import { openTerminalInput } from "./terminal-input.ts";
import type { TerminalStdin } from "./terminal-input.ts";
import type { TerminalKeeper } from "./terminal-keeper.ts";
import { guardTerminal, mouseOff, mouseOn } from "./terminal-modes.ts";
import type { TerminalStdout } from "./terminal-modes.ts";
import type { MouseEvent } from "./mouse.ts";

/** What {@link mountScreen} takes. */
export interface MountScreenOptions {
  stdin: TerminalStdin;
  stdout: TerminalStdout;
  loaded: LoadedScreen;
  /** Gives the terminal back when this process is killed. */
  keeper?: TerminalKeeper | undefined;
  /** The picture to be drawn now. */
  frame: (size: ScreenSize) => Frame;
  onKey: (key: string) => void;
  onPaste: (text: string) => void;
  onMouse: (event: MouseEvent) => void;
  /** Called when the terminal was another's for a while. */
  onReturn: () => void;
}

/** A terminal that is drawn on. */
export interface MountedScreen {
  draw(): void;
  /** Stops the process until it is continued; the terminal is the shell's until then. */
  suspend(): Promise<void>;
  /** Takes the terminal anew and draws everything. */
  refresh(): Promise<void>;
  /** Rejects with what failed in drawing; resolves when it was unmounted. */
  readonly ended: Promise<unknown>;
  /** Gives the terminal back as it was. */
  unmount(): void;
}

/** Takes a terminal and draws on it with ink, on the alternate screen, with the mouse. */
export function mountScreen(options: MountScreenOptions): MountedScreen {
  const { stdin, stdout, loaded, keeper, frame, onKey, onPaste, onMouse, onReturn } = options;
  let give: (() => Promise<() => Promise<void>>) | undefined;
  const onReady = (giveAway: typeof give): void => void (give = giveAway);
  const element = (): ReturnType<typeof loaded.createElement> =>
    loaded.createElement(loaded.Screen, { frame: frame(sizeOf(stdout)), onKey, onPaste, onReady });
  const draw = (): void => instance.rerender(element());

  const input = openTerminalInput(stdin, { onMouse });
  // Before ink's own listener, or it would draw the old picture on the new size first.
  stdout.on("resize", draw);
  const instance = loaded.render(element(), {
    stdout,
    stdin: input.keys,
    alternateScreen: true,
    exitOnCtrlC: false,
    interactive: true,
    incrementalRendering: true,
    // Whoever calls draws at the right time: another clock would delay each frame again.
    maxFps: 1000,
  });
  const guard = guardTerminal({
    stdin,
    stdout,
    unmount: () => instance.unmount(),
    onRestored: () => keeper?.dismiss(),
  });
  const suspension = createSuspension({
    async release() {
      stdout.write(mouseOff);
      const take = await give?.();
      return async () => {
        await take?.();
        stdout.write(mouseOn);
        onReturn();
      };
    },
  });
  stdout.write(mouseOn);

  return {
    draw,
    suspend: () => suspension.suspend(),
    refresh: () => suspension.refresh(),
    ended: instance.waitUntilExit(),
    unmount() {
      suspension.dispose();
      stdout.off("resize", draw);
      guard.restore();
      input.close();
    },
  };
}

function sizeOf({ columns, rows }: TerminalStdout): ScreenSize {
  // Some terminals say 0 when they do not know.
  return { columns: columns || 80, rows: rows || 24 };
}
