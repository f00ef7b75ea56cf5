import { isDextError } from "@dext/core";
import type { ResourceSnapshot, RunClient, RunEvent, RunInfo } from "@dext/protocol";
import { styleFor } from "@dext/hosting/output";
import type { EventText } from "./event-text.ts";
import { createFrameClock } from "./frame-clock.ts";
import { importScreen } from "./import-screen.ts";
import { feedLines } from "./line-feed.ts";
import { createLineStore } from "./line-store.ts";
import type { LineStore } from "./line-store.ts";
import { createLogWindow } from "./log-window.ts";
import { mountScreen } from "./mount-screen.ts";
import { createPaint } from "./paint.ts";
import { createRunStatus } from "./run-status.ts";
import type { TerminalStdin } from "./terminal-input.ts";
import { keepTerminal } from "./terminal-keeper.ts";
import { createTerminalInterface } from "./terminal-interface.ts";
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
  const [snapshot, loaded, keeper] = await Promise.all([
    run.snapshot(),
    importScreen(),
    keepTerminal(stdout),
  ]);
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<TerminalOutcome["ended"]>();
  const reading = new AbortController();
  const status = createRunStatus(snapshot, { now: Date.now });
  const store = createLineStore();
  const clock = createFrameClock(() => screen.draw());
  const onChange = (): void => clock.request();
  const say = (news: EventText): void => {
    status.say(news);
    onChange();
  };
  const leave = (): void => end("left");
  const terminalInterface = createTerminalInterface({
    run,
    info,
    status,
    window: createLogWindow({
      run,
      store,
      signal: reading.signal,
      onChange,
      onError: (error) => say({ text: (error as Error).message, level: "error" }),
    }),
    paint: createPaint(styleFor({ stream: stdout })),
    owned,
    effects: {
      interrupt: options.onInterrupt ?? (owned ? createInterrupter(run, { leave, say }) : leave),
      leave,
      suspend: () => void screen.suspend().catch(fail),
      redraw: () => void screen.refresh().catch(fail),
      send: (sequence) => void stdout.write(sequence),
    },
    onChange: () => clock.request({ urgent: true }),
    now: Date.now,
  });
  const screen = mountScreen({
    stdin,
    stdout,
    loaded,
    keeper,
    frame: (size) => terminalInterface.frame(size),
    onKey: (key) => terminalInterface.press(key),
    onPaste: (text) => terminalInterface.paste(text),
    onMouse: (event) => terminalInterface.point(event),
    onReturn: onChange,
  });
  options.onOpen?.({ say });

  screen.ended.then(leave, fail);
  const onAbort = (): void => end("aborted");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  // While it stops, seconds are counted on the screen.
  const ticker = setInterval(() => status.state() === "Stopping" && onChange(), 1000);
  const onEvent = (event: RunEvent): void => {
    status.apply(event);
    options.onEvent?.(event);
    onChange();
  };
  const reads = readRun(run, { store, signal: reading.signal, onEvent, onLines: onChange });
  reads.then(() => end("run"), fail);
  try {
    return { ended: await ended, resources: status.resources() };
  } finally {
    clearInterval(ticker);
    signal?.removeEventListener("abort", onAbort);
    clock.stop();
    screen.unmount();
    reading.abort();
    // Why it was ended is known already.
    await reads.catch(() => {});
  }
}

interface ReadRunOptions {
  store: LineStore;
  signal: AbortSignal;
  onEvent: (event: RunEvent) => void;
  onLines: () => void;
}

/** Reads events and lines until the run ends or goes away, or the signal is aborted. */
async function readRun(run: RunClient, { store, signal, onEvent, onLines }: ReadRunOptions): Promise<void> {
  await Promise.all([
    untilGone(signal, async () => {
      for await (const event of run.events({ signal })) onEvent(event);
    }),
    untilGone(signal, () => feedLines({ run, store, signal, onLines })),
  ]);
}

/** First in order, then at once, then without waiting for it. */
function createInterrupter(
  run: RunClient,
  { leave, say }: { leave: () => void; say: (news: EventText) => void },
): () => void {
  let stage = 0;
  return () => {
    stage += 1;
    if (stage > 2) return leave();
    const asked = run.stop({ reason: "Ctrl-C", ...(stage === 2 ? { force: true } : {}) });
    asked.catch((error: unknown) => say({ text: (error as Error).message, level: "error" }));
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
