import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaunchContext, Launcher, ProbeContext, ProcessPlan } from "../model/launcher.ts";
import { launcherError } from "./error-codes.ts";
import type { Refusal } from "./process-launcher.ts";
import { resolvePeer } from "./resolve-peer.ts";

const ownFolder = dirname(fileURLToPath(import.meta.url));
const inDeno = process.versions["deno"] !== undefined;

/** Options of {@link embeddedLauncher}. */
export interface EmbeddedLauncherOptions {
  /** The program: a module that serves until it is sent SIGTERM. */
  module: URL;
  /** Packages that it cannot do without. */
  peers?: readonly string[];
  /** Packages that it does more with: name → what is missing without it. */
  extras?: Readonly<Record<string, string>>;
  /** What serves and how it differs from the real server, as a clause for people. */
  because: string;
  /** Says why it does not serve here; nothing when it does. */
  refuse?: (context: ProbeContext) => Promise<Refusal | undefined>;
  /** The program's arguments and environment. */
  command: (context: LaunchContext) => Promise<Omit<ProcessPlan, "type" | "command">>;
}

/**
 * A resource as a server of ours, a child process in the runtime that the AppHost runs in.
 *
 * The packages that it needs are looked for from the AppHost's folder and then from this package's own. The program is
 * told where they are in `DEXT_PEERS`, a JSON object name → URL.
 */
export function embeddedLauncher(options: EmbeddedLauncherOptions): Launcher {
  const { module, because, refuse, command } = options;
  return {
    type: "embedded",
    async probe(context) {
      const { urls, missing } = await findPeers(context.directory, options);
      if (missing.length > 0) return { works: false, ...peersMissing(missing) };
      const refusal = await refuse?.(context);
      if (refusal !== undefined) return { works: false, ...refusal };
      return { works: true, because: [because, ...lacks(options, urls)].join("; ") };
    },
    async plan(context) {
      const { urls, missing } = await findPeers(context.directory, options);
      if (missing.length > 0) throw peerError(context.resource.name, missing);
      const { args, environment, ...rest } = await command(context);
      return {
        type: "process",
        command: process.execPath,
        ...rest,
        args: [...runtimeArguments(module), fileURLToPath(module), ...args],
        environment: { ...environment, DEXT_PEERS: JSON.stringify(urls) },
      };
    },
  };
}

/**
 * The URL of a program of the same package, given without its extension: `.ts` in the sources, `.js` once built, as the
 * module that asks.
 */
export function siblingProgram(path: string, from: string): URL {
  return new URL(`${path}${from.endsWith(".ts") ? ".ts" : ".js"}`, from);
}

/** What the runtime is given before the file of a program of ours. */
export function runtimeArguments(module: URL): readonly string[] {
  // Only sources of ours import sources of ours.
  const isOurSource = import.meta.url.endsWith(".ts") && module.pathname.endsWith(".ts");
  const condition = isOurSource ? ["--conditions=@dext/source"] : [];
  return inDeno ? ["run", "-A", "--no-lock", "--quiet", ...condition] : condition;
}

async function findPeers(
  directory: string,
  { peers = [], extras = {} }: EmbeddedLauncherOptions,
): Promise<{ urls: Readonly<Record<string, string>>; missing: readonly string[] }> {
  const names = [...peers, ...Object.keys(extras)];
  const found = await Promise.all(
    names.map(async (name) => ({ name, url: await resolvePeer(name, [directory, ownFolder]) })),
  );
  return {
    urls: Object.fromEntries(found.flatMap(({ name, url }) => (url === undefined ? [] : [[name, url.href]]))),
    missing: found.flatMap(({ name, url }) => (url === undefined && peers.includes(name) ? [name] : [])),
  };
}

function lacks({ extras = {} }: EmbeddedLauncherOptions, urls: Readonly<Record<string, string>>): string[] {
  return Object.entries(extras).flatMap(([name, what]) =>
    name in urls ? [] : [`${what} (install ${name})`],
  );
}

function peersMissing(missing: readonly string[]): Required<Refusal> {
  const names = missing.join(" and ");
  return {
    because: `${names} ${missing.length === 1 ? "is" : "are"} not installed`,
    remedy: `Install ${missing.length === 1 ? "it" : "them"} in the AppHost's folder: npm install --save-dev ${missing.join(" ")}`,
  };
}

function peerError(resource: string, missing: readonly string[]): Error {
  const { because, remedy } = peersMissing(missing);
  return launcherError("DEXT_LAUNCH_PEER_MISSING", `"${resource}" cannot be embedded: ${because}`, {
    hint: `${remedy}.`,
    details: { resource, missing },
  });
}
