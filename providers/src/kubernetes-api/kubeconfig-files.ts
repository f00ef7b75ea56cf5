import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { LoadContext } from "../definition/provider.ts";
import type { ConnectionOptions, NoConnection, ReadVariable } from "./connection.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";

/** What a kubeconfig says, as far as it is looked at here; the rest is passed on. */
export interface Kubeconfig {
  readonly "current-context"?: string;
  readonly clusters: readonly { readonly name: string; readonly cluster: Entry }[];
  readonly users: readonly { readonly name: string; readonly user: Entry }[];
  readonly contexts: readonly { readonly name: string; readonly context: Entry }[];
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads the kubeconfig, or several that `KUBECONFIG` lists: of two entries of one name the first counts, as for `kubectl`.
 * Paths in it become absolute.
 *
 * @throws DextError `DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID`
 */
export async function readKubeconfig(
  { kubeconfig }: Pick<ConnectionOptions, "kubeconfig">,
  { context, variable }: { context: Pick<LoadContext, "directory" | "variables">; variable: ReadVariable },
): Promise<(Kubeconfig & { readonly files: readonly string[] }) | NoConnection> {
  const { directory } = context;
  const fromVariable = (variable("KUBECONFIG") ?? "").split(delimiter).filter((path) => path !== "");
  const home =
    variable("HOME") ?? variable("USERPROFILE") ?? (context.variables === undefined ? homeFolder() : "");
  const paths = kubeconfig === undefined ? fromVariable : [kubeconfig];
  if (paths.length === 0 && home !== "") paths.push(join(home, ".kube", "config"));
  if (paths.length === 0) return { absent: ["neither KUBECONFIG nor HOME is set"] };
  const files = paths.map((path) => resolve(directory, path));
  const found = (await Promise.all(files.map(readOne))).filter((each) => each !== undefined);
  if (found.length === 0) return { absent: files.map((file) => `there is no file "${file}"`) };
  // For kubectl one of several may be empty.
  if (found.every((each) => each === empty)) throw invalidKubeconfig(files.join(", "), "it is empty");
  const current = found
    .map((each) => each["current-context"])
    .find((name) => name !== undefined && name !== "");
  return {
    files,
    ...(current === undefined ? {} : { "current-context": current }),
    clusters: firstOfName(found.flatMap(({ clusters }) => clusters)),
    users: firstOfName(found.flatMap(({ users }) => users)),
    contexts: firstOfName(found.flatMap(({ contexts }) => contexts)),
  };
}

const empty: Kubeconfig = { clusters: [], users: [], contexts: [] };

/** A kubeconfig is no configuration that can be used: which file, and why. */
export function invalidKubeconfig(file: string, why: string, hint = "Correct the kubeconfig."): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID",
    `The kubeconfig "${file}" cannot be used: ${why}`,
    { hint, details: { kubeconfig: file } },
  );
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    // Deno, without the permission to ask the system.
    return "";
  }
}

async function readOne(file: string): Promise<Kubeconfig | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw invalidKubeconfig(file, (error as Error).message, "Look at the rights of the file.");
  }
  const { parse } = await import("yaml");
  let content: Partial<Record<keyof Kubeconfig, unknown>> | null;
  try {
    content = parse(text, { prettyErrors: false }) as typeof content;
  } catch {
    // Without what the parser says, which could quote a token.
    throw invalidKubeconfig(file, "it is not YAML");
  }
  if (typeof content !== "object") throw invalidKubeconfig(file, "it is no kubeconfig");
  if (content === null) return empty;
  const folder = dirname(file);
  const current = content["current-context"];
  return {
    ...(typeof current === "string" ? { "current-context": current } : {}),
    clusters: entriesOf(content.clusters, { key: "cluster", file }).map(({ name, entry }) => ({
      name,
      cluster: withAbsolute(entry, ["certificate-authority"], folder),
    })),
    users: entriesOf(content.users, { key: "user", file }).map(({ name, entry }) => ({
      name,
      user: withAbsoluteProgram(
        withAbsolute(entry, ["client-certificate", "client-key", "tokenFile"], folder),
        folder,
      ),
    })),
    contexts: entriesOf(content.contexts, { key: "context", file }).map(({ name, entry }) => ({
      name,
      context: entry,
    })),
  };
}

/** `[{ name: "production", cluster: { … } }]` */
function entriesOf(
  entries: unknown,
  { key, file }: { key: string; file: string },
): readonly { name: string; entry: Entry }[] {
  if (entries === undefined || entries === null) return [];
  if (!Array.isArray(entries)) throw invalidKubeconfig(file, `"${key}s" is not a list`);
  return entries.map((each: unknown, at) => {
    const { name, [key]: entry } = (each ?? {}) as Record<string, unknown>;
    if (typeof name !== "string") throw invalidKubeconfig(file, `${key}s[${at}] has no name`);
    return { name, entry: typeof entry === "object" && entry !== null ? { ...entry } : {} };
  });
}

function withAbsolute(
  entry: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  folder: string,
): Readonly<Record<string, unknown>> {
  const absolute = keys.flatMap((key) => {
    const path = entry[key];
    return typeof path !== "string" || path === "" || isAbsolute(path) ? [] : [[key, join(folder, path)]];
  });
  return { ...entry, ...Object.fromEntries(absolute) };
}

/** A program with a slash in its name is not looked up in PATH. */
function withAbsoluteProgram(
  user: Readonly<Record<string, unknown>>,
  folder: string,
): Readonly<Record<string, unknown>> {
  const { exec } = user;
  const command = typeof exec === "object" && exec !== null && "command" in exec ? exec.command : undefined;
  if (typeof command !== "string" || !command.includes("/")) return user;
  return { ...user, exec: { ...(exec as object), command: resolve(folder, command) } };
}

function firstOfName<Named extends { readonly name: string }>(entries: readonly Named[]): readonly Named[] {
  return entries.filter(({ name }, at) => entries.findIndex((each) => each.name === name) === at);
}
