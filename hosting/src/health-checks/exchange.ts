import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a server is. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the connection is encrypted from its first byte. */
  readonly tls?: boolean;
}

/** Sends bytes over a fresh TCP connection and gives what came back as soon as it is enough, or when the server ends. */
export async function exchange(
  { host, port, tls = false }: ServerAddress,
  {
    send,
    isComplete,
    signal,
  }: { send: string | Uint8Array; isComplete: (answer: Buffer) => boolean; signal: AbortSignal },
): Promise<Buffer> {
  signal.throwIfAborted();
  const name = host.replace(/^\[|\]$/g, "");
  const socket = tls ? connectTls({ host: name, port, servername: name }) : connect({ host: name, port });
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  let answer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk]);
    if (isComplete(answer)) resolve(answer);
  });
  socket.on("error", reject);
  socket.on("close", () => resolve(answer));
  socket.write(send);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
  }
}
