/** A controller that is aborted with a signal, until it is ended: for a part of the work that may have to end sooner. */
export interface LinkedAbort {
  readonly controller: AbortController;
  /** Takes the listener off the signal again. */
  end(): void;
}

/** Links a new controller to a signal. What `AbortSignal.any` makes stays with the long-lived signals that it was made from. */
export function linkAbort(signal: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return { controller, end: () => signal.removeEventListener("abort", abort) };
}
