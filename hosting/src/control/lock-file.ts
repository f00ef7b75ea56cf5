import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import process from "node:process";
import { sleep } from "@dext/core";
import { isAlive } from "../processes/process-identity.ts";
import type { ProcessIdentity } from "../processes/process-entry.ts";

/** Who has a lock: what stands in its file. */
export interface LockHolder extends ProcessIdentity {
  /** The run that it was taken for. */
  readonly run: string;
  /** The application's name. */
  readonly name: string;
}

/** A lock that this process has. */
export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes a lock that exactly one living process can have, or tells who has it.
 *
 * A lock is a file that names its holder. It appears whole and only where there is none (`link`), and its holder alone
 * takes it away. One whose holder is dead is replaced under a second lock beside it, `<path>+`: of several who find the
 * dead one each looks again when it has that, so that nobody replaces a living one. That second lock, left by one who
 * died with it, is replaced in the same way.
 */
export async function takeLock(path: string, owner: LockHolder): Promise<HeldLock | LockHolder> {
  const text = `${JSON.stringify(owner)}\n`;
  const draft = draftBeside(path);
  await writeFile(draft, text, { mode: 0o600 });
  try {
    const holder = await acquire(path, { text, draft, owner });
    return holder ?? { release: () => releaseLock(path, text) };
  } finally {
    await unlinkIfThere(draft);
  }
}

/** Whether what {@link takeLock} gave is a lock. */
export function isHeldLock(result: HeldLock | LockHolder): result is HeldLock {
  return "release" in result;
}

/** The holder of a lock while that lives; nothing when nobody has it, or somebody who is dead. */
export async function findHolder(path: string): Promise<LockHolder | undefined> {
  const found = parseHolder(await readText(path));
  return found !== undefined && isAlive(found) ? found : undefined;
}

/** Takes away a lock whose holder is dead, and leaves one of the living. */
export async function removeDeadLock(path: string, owner: LockHolder): Promise<void> {
  const found = await readText(path);
  if (found === undefined || (await findHolder(path)) !== undefined) return;
  const guard = await takeLock(`${path}+`, owner);
  // Whoever has it replaces the dead one at this moment.
  if (!isHeldLock(guard)) return;
  try {
    if ((await readText(path)) === found) await unlinkIfThere(path);
  } finally {
    await guard.release();
  }
}

/** So long one is waited for who is about to replace a dead holder, in milliseconds: it takes less than one. */
const patience = 2000;
const pause = 5;

interface Attempt {
  text: string;
  /** A file with that text. */
  draft: string;
  owner: LockHolder;
}

async function acquire(path: string, attempt: Attempt): Promise<LockHolder | undefined> {
  const end = performance.now() + patience;
  for (;;) {
    if (await linkIfFree(attempt.draft, path)) return undefined;
    const found = await readText(path);
    // Given back in this moment.
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isAlive(holder)) return holder;
    const other = await replaceDead(path, { found, ...attempt });
    if (other === "replaced") return undefined;
    if (other !== "changed" && performance.now() > end) return other;
    await sleep(pause);
  }
}

/** Puts the attempt in the place of a holder who is dead, unless somebody else has done so. */
async function replaceDead(
  path: string,
  { found, ...attempt }: Attempt & { found: string },
): Promise<"replaced" | "changed" | LockHolder> {
  const guard = await takeLock(`${path}+`, attempt.owner);
  if (!isHeldLock(guard)) return guard;
  try {
    if ((await readText(path)) !== found) return "changed";
    // The draft itself stays, to be tried with again.
    const copy = draftBeside(path);
    await writeFile(copy, attempt.text, { mode: 0o600 });
    await rename(copy, path);
    return "replaced";
  } finally {
    await guard.release();
  }
}

async function releaseLock(path: string, text: string): Promise<void> {
  // The folder may have been removed, and then used by another.
  if ((await readText(path)) === text) await unlinkIfThere(path);
}

let drafts = 0;

function draftBeside(path: string): string {
  drafts += 1;
  return `${path}.${process.pid}.${drafts}.tmp`;
}

async function linkIfFree(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}

function parseHolder(text: string | undefined): LockHolder | undefined {
  try {
    const { pid, startTime, run, name } = JSON.parse(text ?? "") as Record<string, unknown>;
    return typeof pid === "number" && typeof startTime === "string"
      ? { pid, startTime, run: String(run), name: String(name) }
      : undefined;
  } catch {
    return undefined;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
  });
}
