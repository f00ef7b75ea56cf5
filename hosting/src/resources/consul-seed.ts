import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { launcherError } from "../launchers/error-codes.ts";
import type { SeedContext } from "../model/resource-model.ts";
import { resolveSeed } from "./seed-value.ts";
import type { SeedValue } from "./seed-value.ts";
import { seedFailed, seedRequest } from "./seed-request.ts";

/** What a file holds, which need not be text. */
type Bytes = Uint8Array<ArrayBuffer>;

/** Values by key. */
export type KeyValues = Readonly<Record<string, SeedValue>>;

/** What Consul is filled with. */
export interface ConsulSeed {
  /** Keys, or the absolute path of a file or folder with them. */
  source: KeyValues | string;
  /** Also keys that are there. */
  overwrite: boolean;
}

/** Writes keys that Consul does not have; those that are there are left as they are, unless they are to be overwritten. */
export async function seedConsul(context: SeedContext, { source, overwrite }: ConsulSeed): Promise<void> {
  const values = typeof source === "string" ? await readKeyValues(context, source) : source;
  let written = 0;
  for (const [given, value] of Object.entries(values)) {
    // Consul redirects to where there is no slash in front, and its own tool leaves it out.
    const key = given.replace(/^\/+/, "");
    const content = value instanceof Uint8Array ? value : textOf(resolveSeed(value, context.resolve));
    if (await writeKey(context, { key, content, overwrite })) written += 1;
  }
  const left = Object.keys(values).length - written;
  context.write(`filled with ${count(written, "key")}${left === 0 ? "" : `, ${left} left as they are`}`);
}

/** `1 key`, `2 keys` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Writes a key; gives whether it was written. */
async function writeKey(
  context: SeedContext,
  { key, content, overwrite }: { key: string; content: string | Bytes; overwrite: boolean },
): Promise<boolean> {
  const token = context.property("token");
  const path = `/v1/kv/${key.split("/").map(encodeURIComponent).join("/")}`;
  const common = {
    what: `the key "${key}"`,
    headers: token === "" ? {} : { "X-Consul-Token": token },
  };
  if (overwrite) {
    const present = await seedRequest(context, {
      ...common,
      method: "GET",
      path: `${path}?raw`,
      understands: [404],
    });
    // A write of the same would wake everybody who watches.
    if (present.status === 200 && Buffer.from(content).equals(present.bytes)) return false;
  }
  // An index of 0: only where there is no such key.
  const query = overwrite ? "" : "?cas=0";
  const answer = await seedRequest(context, {
    ...common,
    method: "PUT",
    path: `${path}${query}`,
    body: content,
  });
  if (overwrite && answer.text.trim() !== "true")
    throw seedFailed(context, { what: common.what, text: `Consul says "${answer.text.trim()}"` });
  return answer.text.trim() === "true";
}

/** Text as it stands, everything else as JSON. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * The keys of a folder, where each file is a key and what it holds the value, or of a JSON file: an object of keys, or
 * what `consul kv export` prints.
 */
async function readKeyValues(
  context: SeedContext,
  path: string,
): Promise<Readonly<Record<string, SeedValue | Bytes>>> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) throw invalidFiles(context, { path, reason: "it is not there" });
  if (kind.isDirectory()) return readFolder(path);
  try {
    // Some editors and shells put a mark of the encoding in front.
    const content = JSON.parse((await readFile(path, "utf8")).replace(/^\uFEFF/, "")) as unknown;
    if (Array.isArray(content)) return Object.fromEntries(content.map(readExported));
    if (typeof content === "object" && content !== null) return content as KeyValues;
  } catch (error) {
    throw invalidFiles(context, { path, reason: (error as Error).message });
  }
  throw invalidFiles(context, { path, reason: "it is neither an object of keys nor a list of them" });
}

async function readFolder(folder: string): Promise<Readonly<Record<string, Bytes>>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(resolve(entry.parentPath), entry.name))
    .map((file) => ({ file, key: relative(resolve(folder), file).split(sep).join("/") }))
    // What editors and systems leave in folders.
    .filter(({ key }) => !key.split("/").some((part) => part.startsWith(".")));
  const inOrder = files.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return Object.fromEntries(
    await Promise.all(inOrder.map(async ({ file, key }) => [key, await readFile(file)] as const)),
  );
}

/** `{ "key": "shop/greeting", "flags": 0, "value": "aGVsbG8=" }` */
function readExported(entry: unknown): [string, Bytes] {
  const { key, value } = (entry ?? {}) as { key?: unknown; value?: unknown };
  if (typeof key !== "string" || typeof value !== "string")
    throw new Error("an element has no key and value, as consul kv export writes them");
  return [key, Buffer.from(value, "base64")];
}

function invalidFiles({ resource }: SeedContext, { path, reason }: { path: string; reason: string }): Error {
  return launcherError(
    "DEXT_LAUNCH_INIT_FILES_INVALID",
    `"${resource}" is to be filled from "${path}", and cannot: ${reason}`,
    {
      hint: "Give a folder with a file for each key, or a JSON file with an object of keys or what consul kv export prints.",
      details: { resource, path },
    },
  );
}
