import { Buffer } from "node:buffer";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { LogSink } from "./log-sink.ts";

/** A pipe holds as much. */
const readSize = 65_536;

/** Where what is read goes. */
export interface ReadTarget {
  sink: LogSink;
  name: "stdout" | "stderr";
}

/** One stream of a child that is being read. */
export interface OutputReader {
  /** Resolves when the stream has ended or reading was stopped; never rejects. */
  readonly ended: Promise<void>;
  destroy(): void;
}

/**
 * Reads a FIFO that was opened without blocking, into one buffer that is used again and again. (A stream of
 * `node:fs` would keep one of the four threads for files waiting; four idle children would stop all file access.)
 */
export function readFifo(fd: number, target: ReadTarget): OutputReader {
  const buffer = Buffer.allocUnsafeSlow(readSize);
  const socket: Socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer,
      callback: (length) => {
        pauseWhenFull(socket, { target, full: !target.sink.write(target.name, buffer.subarray(0, length)) });
        return true;
      },
    },
  });
  const reader = follow(socket, target);
  socket.resume();
  return reader;
}

/** Reads an ordinary stream. */
export function readStream(stream: Readable, target: ReadTarget): OutputReader {
  const reader = follow(stream, target);
  stream.on("data", (chunk: Uint8Array) => {
    pauseWhenFull(stream, { target, full: !target.sink.write(target.name, chunk) });
  });
  return reader;
}

function follow(stream: Readable, { sink, name }: ReadTarget): OutputReader {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on("error", () => stream.destroy());
  stream.on("close", () => {
    sink.end(name);
    resolve();
  });
  return { ended: promise, destroy: () => stream.destroy() };
}

/** Lets the child wait while too much waits for the disk. */
function pauseWhenFull(stream: Readable, { target, full }: { target: ReadTarget; full: boolean }): void {
  if (!full) return;
  stream.pause();
  void target.sink.drained().then(() => stream.resume());
}
