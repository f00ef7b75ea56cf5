import process from "node:process";

/** Writes lines in large pieces, in order. */
export interface LineWriter {
  write(line: string): void;
  /** Whole lines as bytes, which must stay as they are until {@link LineWriter.whenReady} says so. */
  writeBytes(bytes: Uint8Array): void;
  /** Resolves when the reader has caught up; `undefined` when it already has. */
  whenReady(): Promise<void> | undefined;
  flush(): void;
  /** Resolves when everything is out. */
  drained(): Promise<void>;
  /** Grows while something goes out. */
  progress(): number;
  /** Whether nothing can be written at present, and that is not because a reader or a disk is slow. */
  isFailing(): boolean;
}

const pieceSize = 64 * 1024;

/** Writes lines to a stream, stdout when absent. */
export function createLineWriter({
  stream = process.stdout,
}: {
  stream?: NodeJS.WritableStream & { readonly destroyed?: boolean; readonly writableLength?: number };
} = {}): LineWriter {
  let text = "";
  let scheduled = false;
  let pending = 0;
  let done = 0;
  let wake: (() => void)[] = [];

  // Called for what cannot be written any more, too.
  const written = (): void => {
    pending -= 1;
    done += 1;
    if (pending > 0) return;
    const awake = wake;
    wake = [];
    for (const each of awake) each();
  };
  const put = (piece: string | Uint8Array): void => {
    if (stream.destroyed === true) return;
    pending += 1;
    stream.write(piece, written);
  };
  const flush = (): void => {
    if (text === "") return;
    const piece = text;
    text = "";
    put(piece);
  };

  return {
    flush,
    write(line) {
      text += `${line}\n`;
      if (text.length >= pieceSize) return flush();
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        flush();
      });
    },
    writeBytes(bytes) {
      flush();
      put(bytes);
    },
    whenReady() {
      // A file, and on POSIX a pipe or a terminal, has everything when `write` returns: nothing to wait for, though
      // the callbacks come later.
      if (pending === 0 || stream.destroyed === true || stream.writableLength === 0) return undefined;
      return new Promise((resolve) => wake.push(resolve));
    },
    async drained() {
      flush();
      if (pending > 0 && stream.destroyed !== true) await new Promise<void>((resolve) => wake.push(resolve));
    },
    progress: () => done,
    isFailing: () => false,
  };
}
