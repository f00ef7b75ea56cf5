import { nearestName } from "@dext/core";
import type { ConfigLayer, LoadContext, LoadedSource } from "../definition/provider.ts";
import { shapeAtNames } from "../names/fit-key.ts";
import { namedLeaves } from "../schema/shape.ts";
import type { Shape } from "../schema/shape.ts";
import { formatPath } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { listNode, treeOfPaths, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, Origin } from "../tree/config-tree.ts";
import { commandLineError } from "./command-line-error.ts";

/** What {@link commandLine} takes. */
export interface CommandLineOptions {
  /** Options that the schema does not name are an error. */
  strict?: boolean;
  /** Short options: `{ p: "port" }` makes `-p 80` the same as `--port 80`. */
  aliases?: Readonly<Record<string, string>>;
}

/**
 * Options of the command line: `--db.host=h`, `--db:host h`, `--db__host=h`, `--verbose`, `--no-verbose`. One that stands
 * twice makes a list where the schema wants one, elsewhere the last counts. After `--` nothing is read, and what is no
 * option belongs to the program.
 *
 * @throws at load DextError `DEXT_CONFIG_OPTION_UNKNOWN`, `DEXT_CONFIG_OPTION_INVALID`
 *
 * @example
 * ```ts
 * import { commandLine, loadConfig } from "@dext/providers";
 *
 * const config = await loadConfig({ layers: [commandLine()] }, { args: ["--db.host", "localhost", "--verbose"] });
 * if (JSON.stringify(config.value) !== '{"db":{"host":"localhost"},"verbose":true}') throw new Error("not read");
 * ```
 */
export function commandLine({ strict = false, aliases = {} }: CommandLineOptions = {}): ConfigLayer {
  return {
    provider: "command-line",
    label: "command line",
    create: () => ({ load: (context) => Promise.resolve(readOptions(context, { strict, aliases })) }),
  };
}

interface GivenOption {
  /** As it was written, without its value. */
  written: string;
  path: ConfigPath;
  value: string | boolean;
}

function readOptions(
  { args, shape }: LoadContext,
  { strict, aliases }: Required<CommandLineOptions>,
): LoadedSource {
  const given = new Map<string, GivenOption[]>();
  for (const option of parse(args, { shape, aliases })) {
    if (strict) refuseUnknown(option, shape);
    const key = formatPath(option.path.map((each) => each.toLowerCase()));
    given.set(key, [...(given.get(key) ?? []), option]);
  }
  const values = [...given.values()].map((options) => ({
    path: (options[0] as GivenOption).path,
    node: toNode(options, shape),
  }));
  return { tree: treeOfPaths(values, { origin: { provider: "command-line", location: "" }, loose: true }) };
}

function* parse(
  args: readonly string[],
  { shape, aliases }: { shape: Shape | undefined; aliases: Readonly<Record<string, string>> },
): Generator<GivenOption> {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "--") return;
    const match = /^--([^=]+)(?:=([^]*))?$/.exec(arg) ?? /^-([A-Za-z])(?:=([^]*))?$/.exec(arg);
    if (match === null) continue;
    const [, name = "", inline] = match;
    const long = arg.startsWith("--");
    if (!long && aliases[name] === undefined) continue;
    const written = arg.slice(0, arg.length - (inline === undefined ? 0 : inline.length + 1));
    const path = pathOf(long ? name : (aliases[name] ?? ""), written);
    if (inline !== undefined) {
      yield { written, path, value: inline };
      continue;
    }
    const negated = negatedPath(path, shape);
    if (negated !== undefined) {
      yield { written, path: negated, value: false };
      continue;
    }
    const next = args[at + 1];
    const takesValue = next !== undefined && !isOption(next) && !isFlag(shapeAtNames(shape, path));
    yield { written, path, value: takesValue ? next : true };
    if (takesValue) at += 1;
  }
}

/** A negative number is a value. */
function isOption(arg: string): boolean {
  return arg.startsWith("-") && arg.length > 1 && !/^-\.?\d/.test(arg);
}

function isFlag(shape: Shape | undefined): boolean {
  return shape !== undefined && shape.types.has("boolean") && !shape.types.has("string");
}

function pathOf(name: string, written: string): ConfigPath {
  const keys = name.split(/\.|:|__/);
  if (keys.every((key) => key !== "")) return keys;
  throw commandLineError("DEXT_CONFIG_OPTION_INVALID", `The option "${written}" has an empty part`, {
    hint: 'Write "--db.host=value".',
    details: { option: written },
  });
}

/** `--no-cache` is `cache` set to false, unless the schema has a key of that name. */
function negatedPath(path: ConfigPath, shape: Shape | undefined): ConfigPath | undefined {
  const [first = "", ...rest] = path;
  if (!first.startsWith("no-") || first.length === 3) return undefined;
  if (shapeAtNames(shape, path) !== undefined) return undefined;
  return [first.slice(3), ...rest];
}

function toNode(options: readonly GivenOption[], shape: Shape | undefined): ConfigNode {
  const nodes = options.map(({ written, value }) => valueNode(value, { origin: originOf(written) }));
  const last = nodes.at(-1) as ConfigNode;
  const wanted = shapeAtNames(shape, options[0]?.path ?? []);
  const isList = wanted !== undefined && wanted.types.has("list") && !wanted.types.has("string");
  const isJson = nodes.length === 1 && /^\s*\[/.test(String(options[0]?.value));
  return isList && !isJson ? listNode(nodes, last.origin) : last;
}

function refuseUnknown({ written, path }: GivenOption, shape: Shape | undefined): void {
  if (shape === undefined || shapeAtNames(shape, path) !== undefined) return;
  const known = [...namedLeaves(shape)].map((each) => formatPath(each));
  const near = nearestName(formatPath(path), known);
  throw commandLineError("DEXT_CONFIG_OPTION_UNKNOWN", `The option "${written}" is not known`, {
    hint: near === undefined ? `Known are: ${known.join(", ")}.` : `Did you mean "--${near}"?`,
    details: { option: written, ...(near === undefined ? {} : { nearest: near }) },
  });
}

function originOf(written: string): Origin {
  return { provider: "command-line", location: written, details: { option: written } };
}
