import process from "node:process";
import type { ResourceSnapshot, RunClient } from "@dext/protocol";
import { onClosedOutput } from "@dext/hosting/output";
import type { AppHostProcess } from "../apphost/start-apphost.ts";
import { exitCodes } from "../exit-code.ts";

/** What {@link stopOnSignal} takes. */
export interface StopOnSignalOptions {
  appHost: AppHostProcess;
  /** The run, as soon as there is one to ask. */
  client: () => RunClient | undefined;
  resources: () => readonly ResourceSnapshot[];
  progress: (text: string) => void;
}

/** How far the stop has got: 0 not asked, 1 in order, 2 at once. */
export interface StopControl {
  stage(): number;
  dispose(): void;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP (or the end of whoever reads stdout) stops the run in order and tells for whom
 * it waits, the second kills what is left, the third ends this process too.
 *
 * One request can arrive twice: at a Ctrl-C the terminal signals npm and us, and npm passes its own on; of a terminal
 * that is closed both the system and the shell tell. So a signal soon after one counts as the same, and a SIGHUP is
 * never more than the first.
 */
export function stopOnSignal({ appHost, client, resources, progress }: StopOnSignalOptions): StopControl {
  let stage = 0;
  let ticker: NodeJS.Timeout | undefined;

  const advance = (reason: string): void => {
    stage += 1;
    if (stage === 1) {
      progress(`Stopping (${reason}); again to kill at once`);
      ticker = setInterval(() => tellWaiting(resources(), progress), 1000);
      void askToStop(reason);
    } else if (stage === 2) {
      progress("Killing what is left; once more to leave");
      void kill(reason);
    } else {
      appHost.signal("SIGKILL");
      process.exit(exitCodes.interrupted);
    }
  };
  const askToStop = async (reason: string): Promise<void> => {
    const run = client();
    const asked = run === undefined ? false : await run.stop({ reason }).then(yes, no);
    // Not up yet, or it does not answer: its stdin's end and a signal say the same.
    if (asked || appHost.hasExited()) return;
    appHost.release();
    appHost.signal("SIGTERM");
  };
  const kill = async (reason: string): Promise<void> => {
    const run = client();
    const asked = run === undefined ? false : await run.stop({ force: true, reason }).then(yes, no);
    if (!asked) appHost.signal("SIGKILL");
  };

  let last = -Infinity;
  const onSignal = (signal: string, reason: string): void => {
    const now = performance.now();
    const isEcho = now - last < echoTime || (signal === "SIGHUP" && stage > 0);
    last = now;
    if (!isEcho) advance(reason);
  };
  const listeners = Object.entries(signalReasons).map(([signal, reason]) => ({
    signal,
    listener: () => onSignal(signal, reason),
  }));
  for (const { signal, listener } of listeners) process.on(signal, listener);
  const forgetClosed = onClosedOutput(() => {
    if (stage === 0) advance("nobody reads the output");
  });
  return {
    stage: () => stage,
    dispose() {
      clearInterval(ticker);
      forgetClosed();
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}

const signalReasons = { SIGINT: "Ctrl-C", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP" } as const;
/** So soon nobody asks again, in milliseconds. */
const echoTime = 100;
const yes = (): boolean => true;
const no = (): boolean => false;

/** Says which resources are still stopping: name, pid, seconds. */
export function tellWaiting(resources: readonly ResourceSnapshot[], progress: (text: string) => void): void {
  const now = Date.now();
  const waiting = resources
    .filter(({ state }) => state === "Stopping")
    .map(({ name, pid, since }) => {
      const seconds = Math.round((now - since) / 1000);
      return `${name} (${pid === undefined ? "" : `pid ${pid}, `}${seconds} s)`;
    });
  if (waiting.length > 0) progress(`Waiting for ${waiting.join(", ")}`);
}
