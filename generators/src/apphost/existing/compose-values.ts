import { posix } from "node:path";

import { mapping } from "./compose-mapping.ts";
import { piecesOf, plainText } from "./interpolate.ts";

/** A port of a service. */
export interface ComposePort {
  /** Inside the container. */
  readonly target: number;
  /** On the machine of whoever runs Compose; absent for a free one. */
  readonly published?: number;
  readonly isUdp: boolean;
}

/** A volume of a service. */
export interface ComposeMount {
  readonly type: "volume" | "bind" | "anonymous";
  /** The name of the volume, or the path relative to the root, or absolute. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Fills in variables: undefined while one has no value. */
export type FillIn = (given: unknown) => string | undefined;

/** Fills in what a file's variables stand for. */
export function fillIn(variables: ReadonlyMap<string, string>): FillIn {
  return (given) => {
    if (typeof given !== "string" && typeof given !== "number" && typeof given !== "boolean")
      return undefined;
    return plainText(piecesOf(String(given), variables));
  };
}

/**
 * Reads a port: `3000`, `"8080:80"`, `"127.0.0.1:8080:80/tcp"`, `{ target: 80, published: 8080 }`. Undefined for a
 * range, or what is no port.
 */
export function readPort(given: unknown, fill: FillIn): ComposePort | undefined {
  const { target, published, protocol } = mapping(given);
  if (target !== undefined) {
    return portOf({ target: fill(target), published: fill(published), protocol: fill(protocol) });
  }
  const match = /^(?:(?:\[[\da-f:]*\]|\d+(?:\.\d+){3}|localhost):)?(?:(\d*):)?(\d+)(?:\/(\w+))?$/i.exec(
    fill(given) ?? "",
  );
  return match === null ? undefined : portOf({ target: match[2], published: match[1], protocol: match[3] });
}

/** Reads a mount: `data:/var/lib/data`, `./src:/app:ro`, `/app/node_modules`, `{ type: bind, source, target }`. */
export function readMount(
  given: unknown,
  { fill, folder }: { fill: FillIn; folder: string },
): ComposeMount | undefined {
  const long = mapping(given);
  if (long["target"] !== undefined) {
    const target = fill(long["target"]);
    const source = fill(long["source"]) ?? "";
    if (target === undefined || !["volume", "bind", undefined].includes(long["type"] as string | undefined))
      return undefined;
    const isBind = long["type"] === "bind";
    return mountOf({ source, target, readOnly: long["read_only"] === true, folder, isBind });
  }
  const parts = fill(given)?.split(":");
  if (parts === undefined || parts.length > 3) return undefined;
  const [first = "", target, options = ""] = parts;
  // C:\code:/code
  if (/^[a-z]$/i.test(first) && options.startsWith("/")) return undefined;
  if (target === undefined) return mountOf({ source: "", target: first, readOnly: false, folder });
  return mountOf({ source: first, target, readOnly: options.split(",").includes("ro"), folder });
}

/** A path of a Compose file, relative to the root: `./web` in `docker/compose.yaml` → `docker/web`. */
export function pathFrom(folder: string, path: string): string {
  return posix.isAbsolute(path) || path.startsWith("~")
    ? path
    : posix.normalize(posix.join(folder, path)).replace(/(?<=.)\/$/, "");
}

/** A path as an AppHost has it: `./web`, `.`, `../web`, `/web`. */
export function pathInCode(path: string): string {
  return path === "." || path.startsWith("../") || posix.isAbsolute(path) || path.startsWith("~")
    ? path
    : `./${path}`;
}

/** The words of a command, in either form; undefined where a shell would make more of it, or a variable has no value. */
export function readWords(given: unknown, fill: FillIn): string[] | undefined {
  if (Array.isArray(given)) {
    const words = (given as unknown[]).map(fill);
    return words.includes(undefined) ? undefined : (words as string[]);
  }
  const text = fill(given);
  return text === undefined ? undefined : splitWords(text);
}

/** The words of a line as a shell splits them, without carrying anything out. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [whole, double, single, blank, escaped] of text.matchAll(
    /"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|(\s+)|\\([\s\S])|[\s\S]/g,
  )) {
    if (blank === undefined) {
      word = (word ?? "") + (double?.replaceAll(/\\(["\\$`])/g, "$1") ?? single ?? escaped ?? whole);
    } else {
      if (word !== undefined) words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

function portOf(given: {
  target: string | undefined;
  published: string | undefined;
  protocol: string | undefined;
}): ComposePort | undefined {
  const target = Number(given.target);
  const published = Number(given.published ?? "");
  if (!isPort(target) || !Number.isInteger(published)) return undefined;
  return {
    target,
    ...(isPort(published) ? { published } : {}),
    isUdp: given.protocol?.toLowerCase() === "udp",
  };
}

function mountOf({
  source,
  target,
  readOnly,
  folder,
  isBind = /^[./~]/.test(source),
}: {
  source: string;
  target: string;
  readOnly: boolean;
  folder: string;
  isBind?: boolean;
}): ComposeMount {
  if (source === "") return { type: "anonymous", source, target, readOnly };
  if (!isBind) return { type: "volume", source, target, readOnly };
  return { type: "bind", source: pathFrom(folder, source), target, readOnly };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
