import type { SeedContext } from "../model/resource-model.ts";
import { count } from "./consul-seed.ts";
import { resolveSeed } from "./seed-value.ts";
import type { SeedValue } from "./seed-value.ts";
import { seedFailed, seedRequest } from "./seed-request.ts";
import type { SeedAnswer, SeedRequest } from "./seed-request.ts";

/** Secrets by path, each with its fields. */
export type VaultSecrets = Readonly<Record<string, Readonly<Record<string, SeedValue>>>>;

/** What Vault is filled with. */
export interface VaultSeed {
  secrets: VaultSecrets;
  /** Where the engine is mounted; the first part of each path when absent. */
  mount: string | undefined;
  /** Also secrets that are there. */
  overwrite: boolean;
}

/** Where a secret goes. */
interface SecretPlace {
  /** Without a slash at its end. */
  readonly mount: string;
  readonly below: string;
  readonly version: 1 | 2;
}

/**
 * Writes secrets that Vault does not have; those that are there, also deleted ones, are left as they are, unless they are
 * to be overwritten. In a Vault that Dext has started an engine that is not there is mounted.
 */
export async function seedVault(
  context: SeedContext,
  { secrets, mount, overwrite }: VaultSeed,
): Promise<void> {
  let written = 0;
  for (const [given, fields] of Object.entries(secrets)) {
    const path = given.replaceAll(/^\/+|\/+$/g, "");
    const place = await findPlace(context, { path, mount });
    const data = resolveSeed(fields, context.resolve) as Record<string, unknown>;
    if (await writeSecret(context, { path, place, data, overwrite })) written += 1;
  }
  const left = Object.keys(secrets).length - written;
  context.write(`filled with ${count(written, "secret")}${left === 0 ? "" : `, ${left} left as they are`}`);
}

async function findPlace(
  context: SeedContext,
  { path, mount }: { path: string; mount: string | undefined },
): Promise<SecretPlace> {
  const what = `the secret "${path}"`;
  const answer = await request(context, {
    method: "GET",
    path: `/v1/sys/internal/ui/mounts/${encodePath(path)}`,
    what,
    // Vault says the same for an engine that is not there and for one that a token may not see.
    understands: [400, 403, 404],
  });
  if (answer.status >= 300) {
    if (context.launcher === "external") throw seedFailed(context, { what, ...answer, hint: noEngineHint });
    const name = mount ?? path.split("/")[0] ?? "";
    if (!path.startsWith(`${name}/`)) {
      const text = `there is no engine for it, and its path is not below "${name}", where one is to be mounted`;
      throw seedFailed(context, { what, text, hint: `Write the path with its mount: "${name}/…".` });
    }
    await mountEngine(context, name);
    return { mount: name, below: path.slice(name.length + 1), version: 2 };
  }
  const found = dataOf(answer) as { path?: string; type?: string; options?: { version?: string } | null };
  if (found.type !== "kv" && found.type !== "generic")
    throw seedFailed(context, {
      what,
      text: `there is an engine of the type "${found.type ?? ""}", wanted: "kv"`,
    });
  const name = (found.path ?? "").replace(/\/$/, "");
  return { mount: name, below: path.slice(name.length + 1), version: found.options?.version === "2" ? 2 : 1 };
}

const noEngineHint =
  "Vault has no engine there, or the token of the connection string may not see it. Dext mounts engines only in a Vault that it has started.";

async function mountEngine(context: SeedContext, mount: string): Promise<void> {
  await request(context, {
    method: "POST",
    path: `/v1/sys/mounts/${encodePath(mount)}`,
    body: JSON.stringify({ type: "kv", options: { version: "2" } }),
    what: `the engine "${mount}"`,
  });
  context.write(`mounted kv version 2 at "${mount}"`);
}

/** Writes a secret; gives whether it was written. */
async function writeSecret(
  context: SeedContext,
  {
    path,
    place,
    data,
    overwrite,
  }: { path: string; place: SecretPlace; data: Record<string, unknown>; overwrite: boolean },
): Promise<boolean> {
  const what = `the secret "${path}"`;
  const { mount, below, version } = place;
  const url = `/v1/${encodePath(mount)}/${version === 2 ? "data/" : ""}${encodePath(below)}`;
  if (overwrite || version === 1) {
    const present = await request(context, { method: "GET", path: url, what, understands: [404] });
    if (present.status === 200 && (!overwrite || isSame(fieldsOf(present, version), data))) return false;
  }
  // A version of 0: only where there has never been such a secret.
  const body = version === 1 ? data : { data, ...(overwrite ? {} : { options: { cas: 0 } }) };
  const answer = await request(context, {
    method: "POST",
    path: url,
    body: JSON.stringify(body),
    what,
    understands: [400],
  });
  if (answer.status < 300) return true;
  if (!overwrite && /check-and-set/i.test(answer.text)) return false;
  throw seedFailed(context, { what, ...answer });
}

function request(context: SeedContext, wanted: Omit<SeedRequest, "headers">): Promise<SeedAnswer> {
  const token = context.property("token");
  return seedRequest(context, {
    ...wanted,
    headers: {
      "X-Vault-Request": "true",
      "content-type": "application/json",
      ...(token === "" ? {} : { "X-Vault-Token": token }),
    },
  });
}

function fieldsOf(answer: SeedAnswer, version: 1 | 2): unknown {
  const data = dataOf(answer);
  return version === 2 ? data["data"] : data;
}

/** What stands below `data` of an answer. */
function dataOf({ text }: SeedAnswer): Record<string, unknown> {
  return (JSON.parse(text) as { data?: Record<string, unknown> }).data ?? {};
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

/** With its keys sorted, within as well: Vault does that with what it keeps. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, inOrder(each)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
