import process from "node:process";

/** Writes lines to stdout in large pieces, in order. */
export interface LineWriter {
  write(line: string): void;
  /** Resolves when the reader has caught up; `undefined` when it already has. */
  whenReady(): Promise<void> | undefined;
  flush(): void;
}

const pieceSize = 64 * 1024;

export function createLineWriter({
  stream = process.stdout,
}: {
  stream?: NodeJS.WritableStream & { readonly writableNeedDrain?: boolean; readonly destroyed?: boolean };
} = {}): LineWriter {
  let piece = "";
  let scheduled = false;
  let blocked = false;

  const flush = (): void => {
    if (piece === "") return;
    const text = piece;
    piece = "";
    if (stream.destroyed !== true && !stream.write(text)) blocked = true;
  };
  stream.on("drain", () => (blocked = false));

  return {
    flush,
    write(line) {
      piece += line;
      piece += "\n";
      if (piece.length >= pieceSize) return flush();
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        flush();
      });
    },
    whenReady() {
      if (!blocked || stream.destroyed === true) return undefined;
      return new Promise((resolve) => {
        const done = (): void => {
          stream.off("drain", done);
          stream.off("close", done);
          stream.off("error", done);
          resolve();
        };
        for (const name of ["drain", "close", "error"]) stream.on(name, done);
      });
    },
  };
}
