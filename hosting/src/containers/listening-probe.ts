import { connect } from "node:net";

/** Where a port of a container is looked for. */
export interface ListeningProbeOptions {
  host: string;
  port: number;
  /** What listens there is the engine, which takes every connection and breaks it off when nothing is behind it. */
  isEngine: boolean;
  /** How the port is called for people. */
  name: string;
  signal?: AbortSignal;
}

const timeout = 2000;
/** So long an engine may take to find that nothing is behind its port, in milliseconds. */
const settleTime = 100;

/** Why nothing listens on a port of a container; `undefined` when something does. */
export function whyNotListening({
  host,
  port,
  isEngine,
  name,
  signal,
}: ListeningProbeOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    let settling: NodeJS.Timeout | undefined;
    const end = (because: string | undefined): void => {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(settling);
      socket.destroy();
      resolve(because);
    };
    const onAbort = (): void => end("aborted");
    if (signal?.aborted === true) return end("aborted");
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => {
      if (isEngine) settling = setTimeout(() => end(undefined), settleTime);
      else end(undefined);
    });
    // A greeting, as of a mail server.
    socket.once("data", () => end(undefined));
    socket.once("timeout", () => end(`no answer from ${name}`));
    socket.once("error", () => end(`nothing listens on ${name} yet`));
    socket.once("close", () => end(`nothing listens on ${name} yet`));
  });
}
