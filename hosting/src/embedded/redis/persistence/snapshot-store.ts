import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";

import { createErrorFactory } from "@dext/core";
import type { DextError, Timer } from "@dext/core";

import { embeddedRedisErrorCodes } from "../error-codes.ts";
import type { Engine, Persistence } from "../server/engine.ts";
import { readSnapshot, SnapshotFormatError, writeSnapshot } from "./snapshot-format.ts";

const storeError = createErrorFactory(embeddedRedisErrorCodes);

/** The file's name in the data folder. */
export const snapshotName = "dump.dext";

const leftoverPattern = /^dump\.dext\.\d+-\d+\.tmp$/;
const chunkBytes = 4 * 1024 * 1024;
const shortestPause = 1000;
/** A save may take a fifth of the time at most, so that big data do not keep the server busy with themselves. */
const pausePerSave = 5;

/**
 * Keeps the data of an engine in a file: read at the start, written again at most once a second while it changes.
 *
 * The file is written beside its place and then renamed, so that there is always a whole one.
 */
export class SnapshotStore implements Persistence {
  readonly #engine: Engine;
  readonly #path: string;
  #timer: Timer | undefined;
  #saves = 0;
  #savingCount = 0;
  #lastDuration = 0;
  #isClosed = false;
  savedAt: number;
  hasFailed = false;

  /** @throws DextError when the folder cannot be written, or the file in it is no usable snapshot. */
  constructor(engine: Engine, directory: string) {
    this.#engine = engine;
    this.#path = join(directory, snapshotName);
    this.savedAt = engine.time;
    prepareDirectory(directory);
    removeLeftovers(directory);
    loadInto(engine, this.#path);
    engine.changes = 0;
  }

  get isSaving(): boolean {
    return this.#savingCount > 0;
  }

  onChange(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const milliseconds = Math.max(shortestPause, this.#lastDuration * pausePerSave);
    this.#timer = this.#engine.clock.setTimer(
      () => {
        this.#timer = undefined;
        this.saveSoon();
      },
      { milliseconds, unref: true },
    );
  }

  saveSoon(): void {
    if (this.isSaving) this.onChange();
    else void this.#saveInBackground();
  }

  saveNow(): void {
    const { pieces, changes } = this.#take();
    const temporary = this.#temporaryPath();
    try {
      writeAll(temporary, pieces);
      renameSync(temporary, this.#path);
      this.savedAt = this.#engine.clock.now();
      this.hasFailed = false;
    } catch (error) {
      this.#failed(changes);
      rmSync(temporary, { force: true });
      throw saveFailed(this.#path, error);
    }
  }

  /** Stops, with a last save of what has changed where that is asked for. @throws DextError when that fails. */
  close({ mustSave }: { mustSave: boolean }): void {
    this.#isClosed = true;
    this.#timer?.clear();
    // A save in the background that ends later must not replace what is on disk then.
    this.#saves++;
    if (mustSave && (this.#engine.changes > 0 || this.isSaving || this.hasFailed)) this.saveNow();
  }

  #take(): { pieces: Buffer[]; changes: number } {
    const startedAt = this.#engine.clock.monotonic();
    this.#engine.time = this.#engine.clock.now();
    const { changes } = this.#engine;
    const pieces = writeSnapshot(this.#engine.databases);
    this.#engine.changes = 0;
    this.#saves++;
    this.#lastDuration = this.#engine.clock.monotonic() - startedAt;
    return { pieces, changes };
  }

  #temporaryPath(): string {
    return `${this.#path}.${process.pid}-${this.#saves}.tmp`;
  }

  async #saveInBackground(): Promise<void> {
    this.#savingCount++;
    const { pieces, changes } = this.#take();
    const number = this.#saves;
    const temporary = this.#temporaryPath();
    try {
      const file = await open(temporary, "w", 0o600);
      try {
        for (const piece of pieces) await file.writeFile(piece);
        await file.sync();
      } finally {
        await file.close();
      }
      if (number === this.#saves) {
        renameSync(temporary, this.#path);
        this.savedAt = this.#engine.clock.now();
        this.hasFailed = false;
      } else await rm(temporary, { force: true });
    } catch (error) {
      // Once is enough: it is tried again every second.
      if (!this.hasFailed) this.#engine.logger.error(saveFailed(this.#path, error).message);
      this.#failed(changes);
      await rm(temporary, { force: true }).catch(() => {});
    } finally {
      this.#savingCount--;
    }
  }

  #failed(changes: number): void {
    this.hasFailed = true;
    this.#engine.changes += changes;
    this.onChange();
  }
}

function prepareDirectory(directory: string): void {
  const probe = join(directory, `.probe-${process.pid}`);
  try {
    mkdirSync(directory, { recursive: true });
    closeSync(openSync(probe, "w"));
    rmSync(probe);
  } catch (cause) {
    throw storeError(
      "DEXT_EMBEDDED_REDIS_DATA_FOLDER",
      `The embedded Redis server cannot write to its data folder "${directory}": ${reasonOf(cause)}`,
      {
        hint: "Give a folder that this user may write to, or start without --data.",
        cause,
        details: { directory },
      },
    );
  }
}

/** What a server that was killed while it saved has left. */
function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (leftoverPattern.test(name)) rmSync(join(directory, name), { force: true });
  }
}

function loadInto(engine: Engine, path: string): void {
  try {
    for (const { database, key, value, expiresAt } of readSnapshot(readChunks(path))) {
      if (expiresAt !== 0 && expiresAt <= engine.time) continue;
      const target = engine.databases[database];
      if (target === undefined) throw new SnapshotFormatError(`it names the database ${database}`);
      target.put(key, value, { expiresAt });
    }
  } catch (cause) {
    if (isMissing(cause)) return;
    throw loadFailed(path, cause);
  }
}

function* readChunks(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function writeAll(path: string, pieces: readonly Buffer[]): void {
  const file = openSync(path, "w", 0o600);
  try {
    for (const piece of pieces) {
      for (let written = 0; written < piece.length;) written += writeSync(file, piece, written);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function loadFailed(path: string, cause: unknown): DextError {
  const isVersion = cause instanceof SnapshotFormatError && cause.isVersion;
  return storeError(
    isVersion ? "DEXT_EMBEDDED_REDIS_SNAPSHOT_VERSION" : "DEXT_EMBEDDED_REDIS_SNAPSHOT_BROKEN",
    `The snapshot "${path}" of the embedded Redis server cannot be read: ${reasonOf(cause)}`,
    { hint: "Move the file away to start empty; it is left as it is until then.", cause, details: { path } },
  );
}

function saveFailed(path: string, cause: unknown): DextError {
  return storeError(
    "DEXT_EMBEDDED_REDIS_SAVE_FAILED",
    `The embedded Redis server cannot write its snapshot "${path}": ${reasonOf(cause)}`,
    { hint: "Check the space and the permissions of the data folder.", cause, details: { path } },
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
