import { isDextError } from "@dext/core";
import type { ResourceSnapshot, RunClient, RunEvent, RunInfo } from "@dext/protocol";
import { styleFor } from "../terminal/style.ts";
import type { EventText } from "./event-text.ts";
import { createFrameClock } from "./frame-clock.ts";
import { importScreen } from "./import-screen.ts";
import type { ScreenSize } from "./layout.ts";
import { feedLines } from "./line-feed.ts";
import { createLineStore } from "./line-store.ts";
import { createLogWindow } from "./log-window.ts";
import { createPaint } from "./paint.ts";
import { createRunStatus } from "./run-status.ts";
import type { RunStatus } from "./run-status.ts";
import { createSuspension } from "./suspension.ts";
import { openTerminalInput } from "./terminal-input.ts";
import type { TerminalStdin } from "./terminal-input.ts";
import { createTerminalInterface } from "./terminal-interface.ts";
import type { InterfaceEffects } from "./terminal-interface.ts";
import { guardTerminal, mouseOff, mouseOn } from "./terminal-modes.ts";
import type { TerminalStdout } from "./terminal-modes.ts";

/** An interface that is on the screen. */
export interface OpenTerminal {
  /** Shows something in the line for news. */
  say(news: EventText): void;
}

/** What {@link runTerminal} takes. */
export interface RunTerminalOptions {
  run: RunClient;
  info: RunInfo;
  stdin: TerminalStdin;
  stdout: TerminalStdout;
  /** Whether the run ends with the interface: then quitting stops it, and it is asked before. */
  owned: boolean;
  /**
   * Called for each Ctrl-C and for a quit that was confirmed. When absent, the first stops the run in order, the second
   * kills what is left, the third leaves; of a run that is not owned Ctrl-C always only leaves.
   */
  onInterrupt?: () => void;
  /** Called with each event of the run, the past ones first. */
  onEvent?: (event: RunEvent) => void;
  /** Called when the interface is on the screen. */
  onOpen?: (terminal: OpenTerminal) => void;
  /** Ends the interface at once. Signals to the process are up to whoever calls. */
  signal?: AbortSignal;
}

/** How the interface came to its end. */
export interface TerminalOutcome {
  /** The run ended, a person left, or the signal was aborted. */
  ended: "run" | "left" | "aborted";
  resources: readonly ResourceSnapshot[];
}

/**
 * Shows a run on a terminal until the run ends or the person leaves; the terminal is as it was when it resolves or
 * throws. Ink and React are loaded here and not before.
 *
 * @throws what the run throws when it cannot be read, and what fails in drawing.
 */
export async function runTerminal(options: RunTerminalOptions): Promise<TerminalOutcome> {
  const { run, info, stdin, stdout, owned, signal } = options;
  const [snapshot, { render, createElement, Screen }] = await Promise.all([run.snapshot(), importScreen()]);
  const now = Date.now;
  const status = createRunStatus(snapshot, { now });
  const paint = createPaint(styleFor({ stream: stdout }));
  const store = createLineStore();
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<TerminalOutcome["ended"]>();
  const reading = new AbortController();
  const clock = createFrameClock(() => draw());
  const onChange = (): void => clock.request();
  const window = createLogWindow({
    run,
    store,
    signal: reading.signal,
    onChange,
    onError: (error) => say(status, error, onChange),
  });
  let release: (() => Promise<() => Promise<void>>) | undefined;
  const suspension = createSuspension({ release: () => giveAway() });
  const effects: InterfaceEffects = {
    interrupt:
      options.onInterrupt ??
      (owned ? interrupter(run, { onLeave: () => end("left"), status }) : () => end("left")),
    leave: () => end("left"),
    suspend: () => void suspension.suspend().catch(fail),
    redraw: () => void suspension.refresh().catch(fail),
    send: (sequence) => void stdout.write(sequence),
  };
  const screen = createTerminalInterface({
    run,
    info,
    status,
    window,
    paint,
    owned,
    effects,
    onChange: () => clock.request({ urgent: true }),
    now,
  });
  const input = openTerminalInput(stdin, { onMouse: (event) => screen.point(event) });
  const element = (): ReturnType<typeof createElement> =>
    createElement(Screen, {
      frame: screen.frame(sizeOf(stdout)),
      onKey: (key) => screen.press(key),
      onPaste: (text) => screen.paste(text),
      onReady,
    });
  const onReady = (give: () => Promise<() => Promise<void>>): void => void (release = give);
  const draw = (): void => instance.rerender(element());
  // Before ink's own listener, or it would draw the old picture on the new size first.
  stdout.on("resize", draw);
  const instance = render(element(), {
    stdout,
    stdin: input.keys,
    alternateScreen: true,
    exitOnCtrlC: false,
    interactive: true,
    incrementalRendering: true,
    // The clock above is the only one: another would delay each frame again.
    maxFps: 1000,
  });
  const guard = guardTerminal({ stdin, stdout, unmount: () => instance.unmount() });
  const giveAway = async (): Promise<() => Promise<void>> => {
    stdout.write(mouseOff);
    const take = await release?.();
    return async () => {
      await take?.();
      stdout.write(mouseOn);
      onChange();
    };
  };
  stdout.write(mouseOn);
  options.onOpen?.({
    say(news) {
      status.say(news);
      onChange();
    },
  });

  // What fails in drawing ends ink's part.
  instance.waitUntilExit().then(() => end("left"), fail);
  signal?.addEventListener("abort", () => end("aborted"), { once: true });
  if (signal?.aborted) end("aborted");
  const ticker = setInterval(() => status.state() === "Stopping" && onChange(), 1000);
  const reads = Promise.all([
    untilGone(reading.signal, async () => {
      for await (const event of run.events({ signal: reading.signal })) {
        status.apply(event);
        options.onEvent?.(event);
        onChange();
      }
    }),
    untilGone(reading.signal, () => feedLines({ run, store, signal: reading.signal, onLines: onChange })),
  ]);
  reads.then(() => end("run"), fail);
  try {
    return { ended: await ended, resources: status.resources() };
  } finally {
    clearInterval(ticker);
    clock.stop();
    suspension.dispose();
    stdout.off("resize", draw);
    guard.restore();
    input.close();
    reading.abort();
    await reads.catch(() => {});
  }
}

/** First in order, then at once, then without waiting for it. */
function interrupter(
  run: RunClient,
  { onLeave, status }: { onLeave: () => void; status: RunStatus },
): () => void {
  let stage = 0;
  return () => {
    stage += 1;
    if (stage > 2) return onLeave();
    const asked = run.stop({ reason: "Ctrl-C", ...(stage === 2 ? { force: true } : {}) });
    asked.catch((error: unknown) => status.say({ text: (error as Error).message, level: "error" }));
  };
}

/** That the run goes away is its end; that reading was ended by us is none of its own. */
async function untilGone(signal: AbortSignal, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    const codes = ["DEXT_CONTROL_UNREACHABLE", "DEXT_CONTROL_CONNECTION_LOST"];
    if (signal.aborted || (isDextError(error) && codes.includes(error.code))) return;
    throw error;
  }
}

function say(status: RunStatus, error: unknown, onChange: () => void): void {
  status.say({ text: (error as Error).message, level: "error" });
  onChange();
}

function sizeOf({ columns = 80, rows = 24 }: TerminalStdout): ScreenSize {
  return { columns: columns || 80, rows: rows || 24 };
}
