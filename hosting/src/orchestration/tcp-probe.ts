import { connect } from "node:net";

/** Whether something accepts a TCP connection; on refusal the reason. */
export function probeTcp(
  { host, port }: { host: string; port: number },
  { timeout, signal }: { timeout: number; signal?: AbortSignal },
): Promise<{ open: true } | { open: false; because: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const end = (result: { open: true } | { open: false; because: string }): void => {
      signal?.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(result);
    };
    const onAbort = (): void => end({ open: false, because: "aborted" });
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => end({ open: true }));
    socket.once("timeout", () => end({ open: false, because: `no answer from ${host}:${port}` }));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const refused = error.code === "ECONNREFUSED" || error.name === "AggregateError";
      end({ open: false, because: refused ? `nothing listens on ${host}:${port} yet` : error.message });
    });
  });
}
