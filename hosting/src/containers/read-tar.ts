import { Buffer } from "node:buffer";
import { containerError } from "./error-codes.ts";

/** What an archive says of something in it. */
export interface TarHeader {
  /** Relative, without a slash at its end. */
  readonly path: string;
  readonly type: "file" | "directory" | "link" | "other";
  /** In bytes; of files only. */
  readonly size: number;
  /** The bytes, where they were asked for. */
  readonly content?: Buffer;
}

/** What {@link readTar} takes. */
export interface ReadTarOptions {
  /** Whose bytes are wanted: they are held in memory, those of all others pass by. */
  wants?: (header: TarHeader) => boolean;
}

/**
 * What is in a tar archive (POSIX ustar, with the extended headers of POSIX and of GNU), one after the other, in memory
 * that does not grow with the archive.
 *
 * @throws DextError `DEXT_CONTAINER_ENGINE_BROKEN` for an archive that is cut off or none
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
  { wants = () => false }: ReadTarOptions = {},
): AsyncGenerator<TarHeader> {
  const bytes = new ByteReader(stream);
  let extended: { path?: string; size?: number } = {};
  for (;;) {
    const block = await bytes.take(blockSize);
    // Two blocks of zeros end an archive; some writers leave them out.
    if (block === undefined || block.every((byte) => byte === 0)) break;
    checkSum(block);
    const size = extended.size ?? numberAt(block, 124);
    const flag = String.fromCharCode(block[156] ?? 0);
    if (flag === "x" || flag === "L") {
      const text = (await bytes.take(padded(size)))?.subarray(0, size) ?? Buffer.alloc(0);
      extended =
        flag === "x" ? { ...extended, ...readRecords(text) } : { ...extended, path: textAt(text, 0) };
      continue;
    }
    const type = typeOf(flag);
    const header = { path: (extended.path ?? pathOf(block)).replace(/^\.?\/+|\/+$/g, ""), type, size };
    extended = {};
    if (type === "file" && wants(header)) {
      yield { ...header, content: (await bytes.take(padded(size)))?.subarray(0, size) ?? Buffer.alloc(0) };
      continue;
    }
    // What a global header holds is nothing of the archive's own.
    if (flag !== "g") yield type === "file" ? header : { ...header, size: 0 };
    await bytes.skip(hasContent(flag) ? padded(size) : 0);
  }
  await bytes.end();
}

const blockSize = 512;

function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

/** Links and folders have no content, whatever their size says. */
function hasContent(flag: string): boolean {
  return !"123456".includes(flag);
}

function typeOf(flag: string): TarHeader["type"] {
  if (flag === "0" || flag === "\0" || flag === "7") return "file";
  if (flag === "5") return "directory";
  return flag === "1" || flag === "2" ? "link" : "other";
}

function pathOf(block: Buffer): string {
  const isPosix = textAt(block.subarray(257, 263), 0) === "ustar";
  const prefix = isPosix ? textAt(block.subarray(345, 500), 0) : "";
  const name = textAt(block.subarray(0, 100), 0);
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textAt(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from);
  return bytes.subarray(from, end === -1 ? undefined : end).toString("utf8");
}

/** Octal digits; GNU writes what has no room for them as a binary number, marked by its first bit. */
function numberAt(block: Buffer, from: number): number {
  const field = block.subarray(from, from + 12);
  if (((field[0] ?? 0) & 0x80) !== 0) return field.readUIntBE(6, 6);
  return Number.parseInt(textAt(field, 0).trim() || "0", 8);
}

/** `30 mtime=1350244992.023960108\n`: the length of a record is that of all of it, in bytes. */
function readRecords(bytes: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(" ", at);
    const length = Number(bytes.subarray(at, blank).toString());
    if (blank === -1 || !(length > 0)) break;
    const [key = "", ...value] = bytes
      .subarray(blank + 1, at + length - 1)
      .toString("utf8")
      .split("=");
    if (key === "path") found.path = value.join("=");
    if (key === "size") found.size = Number(value.join("="));
    at += length;
  }
  return found;
}

/** The sum of a header counts its own eight bytes as blanks. */
function checkSum(block: Buffer): void {
  const told = Number.parseInt(textAt(block.subarray(148, 156), 0).trim(), 8);
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (told === sum) return;
  throw broken(`the sum of a header is ${sum}, wanted ${told}`);
}

function broken(reason: string): Error {
  return containerError(
    "DEXT_CONTAINER_ENGINE_BROKEN",
    `What the engine sent is no whole archive: ${reason}`,
  );
}

/** Gives a stream in the pieces that are asked for. */
class ByteReader {
  readonly #stream: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  /** So many bytes; `undefined` at the end of the stream. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#chunk.length === 0 && !(await this.#next())) {
        if (missing === length) return undefined;
        throw broken("it is cut off");
      }
      const part = this.#chunk.subarray(0, missing);
      this.#chunk = this.#chunk.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let missing = length; missing > 0;) {
      if (this.#chunk.length === 0 && !(await this.#next())) throw broken("it is cut off");
      const skipped = Math.min(missing, this.#chunk.length);
      this.#chunk = this.#chunk.subarray(skipped);
      missing -= skipped;
    }
  }

  /** Reads on, so that whoever writes is not cut off. */
  async end(): Promise<void> {
    while (await this.#next());
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#stream.next();
    this.#chunk = done === true ? Buffer.alloc(0) : Buffer.from(value.buffer, value.byteOffset, value.length);
    return done !== true;
  }
}
