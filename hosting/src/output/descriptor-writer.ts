import { Buffer } from "node:buffer";
import { write } from "node:fs";
import { systemClock } from "@dext/core";
import type { Clock, Timer } from "@dext/core";
import type { LineWriter } from "./line-writer.ts";

/** Lines wait at most this long for others to go out with, in milliseconds. */
const gatherFor = 10;

/** So much is gathered before whoever writes has to wait, in bytes. */
const pieceSize = 512 * 1024;

/** After a failed write it is tried again so much later, in milliseconds. */
const retryAfter = 250;

/** What {@link createDescriptorWriter} takes. */
export interface DescriptorWriterOptions {
  /** An open file; it is not closed here, and others may write to it too. */
  descriptor: number;
  /** Called once for each time that nothing can be written any more: the disk is full, for example. */
  onFailure: (error: NodeJS.ErrnoException) => void;
  clock?: Clock;
}

/**
 * Writes lines to an open file in large pieces, in order, without ever making this process wait for the disk. What
 * cannot be written is kept and tried again.
 */
export function createDescriptorWriter({
  descriptor,
  onFailure,
  clock = systemClock,
}: DescriptorWriterOptions): LineWriter {
  // One fills while the other is on its way.
  let filling = new Piece();
  let leaving = new Piece();
  let timer: Timer | undefined;
  let writing = false;
  let failed = false;
  let isDraining = false;
  let written = 0;
  let wake: (() => void)[] = [];

  const schedule = (): void => {
    if (timer !== undefined || writing) return;
    const fire = (): void => {
      timer = undefined;
      begin();
    };
    timer = clock.setTimer(fire, { milliseconds: gatherFor });
  };
  const begin = (): void => {
    if (writing || filling.used === 0) return;
    timer?.clear();
    timer = undefined;
    writing = true;
    [filling, leaving] = [leaving, filling];
    put(0);
  };
  const put = (from: number): void => {
    const { bytes, used } = leaving;
    write(descriptor, bytes, from, used - from, null, (error, count) => {
      if (error !== null) return fail(error, from);
      failed = false;
      written += count;
      if (from + count < used) return put(from + count);
      leaving.clear();
      writing = false;
      if (filling.used >= pieceSize || isDraining) begin();
      else if (filling.used > 0) schedule();
      const awake = wake;
      wake = [];
      for (const each of awake) each();
    });
  };
  const fail = (error: NodeJS.ErrnoException, from: number): void => {
    if (!failed) onFailure(error);
    failed = true;
    clock.setTimer(() => put(from), { milliseconds: retryAfter, unref: true });
  };
  const next = (): Promise<void> => new Promise((resolve) => wake.push(resolve));

  return {
    flush: begin,
    write(line) {
      filling.add(Buffer.from(`${line}\n`));
      schedule();
    },
    writeBytes(bytes) {
      filling.add(bytes);
      if (filling.used >= pieceSize) begin();
      else schedule();
    },
    whenReady: () => (filling.used < pieceSize ? undefined : next()),
    async drained() {
      isDraining = true;
      begin();
      while (writing) await next();
    },
    progress: () => written,
    isFailing: () => failed,
  };
}

/** Bytes on their way, in memory that is used again and again. */
class Piece {
  bytes: Buffer = Buffer.alloc(0);
  used = 0;

  add(bytes: Uint8Array): void {
    const length = this.used + bytes.length;
    if (length > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length * 2, 4096));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    this.bytes.set(bytes, this.used);
    this.used = length;
  }

  clear(): void {
    this.used = 0;
  }
}
