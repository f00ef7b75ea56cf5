/** Waits for work that goes on for others; rejects with the signal's reason when that comes first. */
export function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(done, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
