import process from "node:process";

/** What {@link createSuspension} takes. */
export interface SuspensionOptions {
  /** Gives the terminal back; resolves with what takes it again. */
  release: () => Promise<() => Promise<void>>;
}

/** Stops and continues the process like any other at a terminal. */
export interface Suspension {
  /** Ctrl-Z: stops the whole job. */
  suspend(): Promise<void>;
  /** Takes the terminal anew: whatever was done to it is undone. */
  refresh(): Promise<void>;
  dispose(): void;
}

/** A process that has not been stopped after so long will not be, in milliseconds. */
const patience = 200;

/**
 * Lets the process be suspended with Ctrl-Z, which in raw mode is a key, and with SIGTSTP, and draws again when it goes
 * on, also after a SIGSTOP.
 */
export function createSuspension({ release }: SuspensionOptions): Suspension {
  /** Set while the terminal is another's. */
  let isAway = false;
  let wake: (() => void) | undefined;

  const away = async (work: () => Promise<void>): Promise<void> => {
    if (isAway) return;
    isAway = true;
    const take = await release();
    try {
      await work();
    } finally {
      await take();
      isAway = false;
    }
  };
  const suspend = (): Promise<void> =>
    away(async () => {
      process.off("SIGTSTP", onStop);
      // In a group without a shell above it the signal does nothing.
      const timer = setTimeout(() => wake?.(), patience);
      const continued = new Promise<void>((resolve) => (wake = resolve));
      stopJob();
      await continued;
      clearTimeout(timer);
      process.on("SIGTSTP", onStop);
    });
  const refresh = (): Promise<void> => away(() => Promise.resolve());

  const onStop = (): void => void suspend();
  const onContinue = (): void => {
    if (isAway) wake?.();
    else void refresh();
  };
  process.on("SIGTSTP", onStop);
  process.on("SIGCONT", onContinue);
  return {
    suspend,
    refresh,
    dispose() {
      process.off("SIGTSTP", onStop);
      process.off("SIGCONT", onContinue);
    },
  };
}

/** The shell waits for the whole group: npm, which may have started us, has to stop too. */
function stopJob(): void {
  try {
    process.kill(0, "SIGTSTP");
  } catch {
    process.kill(process.pid, "SIGTSTP");
  }
}
