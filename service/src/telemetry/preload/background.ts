import { AsyncLocalStorage } from "node:async_hooks";

/** Runs a function outside of whatever request is under way, so that none of them is kept in memory by our timers. */
export const inBackground: <Result>(run: () => Result) => Result = AsyncLocalStorage.snapshot();

/** Calls back later, in no context, without keeping the process alive. */
export function later(callback: () => void, delay: number): void {
  inBackground(() => setTimeout(callback, delay).unref());
}
