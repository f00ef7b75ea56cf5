import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";

/** A file, folder or link that goes into an archive. */
export interface TarEntry {
  /** With slashes, relative. */
  readonly path: string;
  readonly type: "file" | "directory" | "link";
  /** Permissions, such as `0o644`. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** In bytes; of files only. */
  readonly size?: number;
  /** Where the bytes of a file are, or they themselves. */
  readonly content?: string | Buffer;
  /** Where a link points to. */
  readonly target?: string;
}

const blockSize = 512;
const typeFlags = { file: "0", link: "2", directory: "5", extended: "x" } as const;

/**
 * The bytes of a tar archive (POSIX ustar). Names that ustar has no room for get an extended header. Everything belongs
 * to root, as in what `docker build` sends.
 *
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13
 */
export async function* writeTar(
  entries: AsyncIterable<TarEntry> | Iterable<TarEntry>,
): AsyncGenerator<Buffer> {
  for await (const entry of entries) {
    const path = entry.type === "directory" ? `${entry.path}/` : entry.path;
    const size = entry.type === "file" ? (entry.size ?? 0) : 0;
    const fitting = fit({ path, target: entry.target ?? "", size });
    if (fitting.extended !== "") {
      const records = Buffer.from(fitting.extended);
      yield header({ ...entry, mode: 0o644 }, { name: "PaxHeader", size: records.length, type: "extended" });
      yield records;
      yield padding(records.length);
    }
    yield header(entry, { ...fitting, size, type: entry.type });
    if (entry.type !== "file") continue;
    yield* contentOf(entry, size);
    yield padding(size);
  }
  yield Buffer.alloc(2 * blockSize);
}

/** A file that has grown or shrunk since it was looked at must not shift what comes after it. */
async function* contentOf({ content }: TarEntry, size: number): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(content)) {
    yield content;
    return;
  }
  let written = 0;
  if (content !== undefined && size > 0) {
    for await (const chunk of createReadStream(content, { end: size - 1 })) {
      written += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  }
  if (written < size) yield Buffer.alloc(size - written);
}

interface Fitting {
  name: string;
  prefix: string;
  link: string;
  /** Records such as `30 mtime=1350244992.023960108\n`; empty when everything fits. */
  extended: string;
}

function fit({ path, target, size }: { path: string; target: string; size: number }): Fitting {
  const records: string[] = [];
  const { name, prefix } = splitPath(path) ?? { name: cut(path), prefix: "" };
  if (splitPath(path) === undefined) records.push(record("path", path));
  if (Buffer.byteLength(target) > 100) records.push(record("linkpath", target));
  if (size > 0o77777777777) records.push(record("size", String(size)));
  return { name, prefix, link: cut(target), extended: records.join("") };
}

/** In 100 bytes, or in 155 and 100 with a slash between them. */
function splitPath(path: string): { name: string; prefix: string } | undefined {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: "" };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const prefix = path.slice(0, at);
    const name = path.slice(at + 1);
    if (name !== "" && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155)
      return { name, prefix };
  }
  return undefined;
}

function cut(text: string): string {
  return Buffer.from(text).subarray(0, 100).toString("latin1");
}

/** The length counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (String(length).length + Buffer.byteLength(rest) !== length) {
    length = String(length).length + Buffer.byteLength(rest);
  }
  return `${length}${rest}`;
}

function header(
  { mode, modified }: TarEntry,
  fields: { name: string; prefix?: string; link?: string; size: number; type: keyof typeof typeFlags },
): Buffer {
  const block = Buffer.alloc(blockSize);
  const size = Math.min(fields.size, 0o77777777777);
  block.write(fields.name, 0, 100);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(Math.max(0, Math.floor(modified)), 11), 136);
  block.write("        ", 148);
  block.write(typeFlags[fields.type], 156);
  block.write(fields.link ?? "", 157, 100);
  block.write("ustar\x0000", 257);
  block.write("root", 265);
  block.write("root", 297);
  block.write(fields.prefix ?? "", 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0").slice(-digits);
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}
