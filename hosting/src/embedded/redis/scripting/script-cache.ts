import { createHash } from "node:crypto";

/** The scripts that were sent, by the SHA-1 of their text. */
export class ScriptCache {
  readonly #sources = new Map<string, string>();

  get size(): number {
    return this.#sources.size;
  }

  /** Keeps a script, after `check` has let a new one pass, and gives the name by which it can be run. */
  add(source: string, check: (sha: string) => void): string {
    const sha = sha1(source);
    if (!this.#sources.has(sha)) {
      check(sha);
      this.#sources.set(sha, source);
    }
    return sha;
  }

  get(sha: string): string | undefined {
    return this.#sources.get(sha.toLowerCase());
  }

  clear(): void {
    this.#sources.clear();
  }
}

/** The SHA-1 of bytes in hexadecimal. */
export function sha1(bytes: string): string {
  return createHash("sha1").update(bytes, "latin1").digest("hex");
}
