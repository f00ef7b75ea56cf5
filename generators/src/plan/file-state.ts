import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";

import type { FileState } from "./change-plan.ts";

/** The state of a file with these contents. */
export function fileState(contents: string | Uint8Array, { mode }: { mode: number }): FileState {
  if (typeof contents === "string") {
    return { contents, encoding: "utf8", mode, hash: hashOf(contents) };
  }
  // The byte-order mark stays part of the text, so that text and bytes stand for each other.
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  const encoding = isUtf8(bytes) ? "utf8" : "base64";
  return { contents: bytes.toString(encoding), encoding, mode, hash: hashOf(bytes) };
}

/** The bytes that a state stands for. */
export function bytesOf(state: FileState): Buffer {
  return Buffer.from(state.contents, state.encoding);
}

/** `sha256:` and the hash of text (as UTF-8) or bytes. */
export function hashOf(contents: string | Uint8Array): string {
  return `sha256:${hash("sha256", contents, "hex")}`;
}

/** Whether two states hold the same, when the difference between CRLF and LF is left aside. */
export function isSameText(a: FileState, b: FileState): boolean {
  if (a.hash === b.hash) return true;
  if (a.encoding !== "utf8" || b.encoding !== "utf8") return false;
  return a.contents.replaceAll("\r\n", "\n") === b.contents.replaceAll("\r\n", "\n");
}

/** Whether two states are one file: the same text, which its owner may run or not. */
export function isSameFile(a: FileState, b: FileState): boolean {
  return isSameText(a, b) && isExecutable(a.mode) === isExecutable(b.mode);
}

/** Whether the owner may run the file. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}
