import { readFile } from "node:fs/promises";
import type { Clock } from "@dext/core";
import { kubernetesApiError } from "./kubernetes-api-error.ts";

/** How long a file counts as fresh, as in Kubernetes' own clients: a token's successor is there long before it expires. */
const fresh = 60_000;

/** A file that is replaced from time to time: a token, a certificate. Read again when it was read a minute ago. */
export class FreshFile {
  readonly #path: string;
  readonly #clock: Clock;
  #read: { content: Promise<string>; at: number } | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * Its text, without white space around it: files end in a newline, headers must not.
   *
   * @throws DextError `DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID`
   */
  async text(): Promise<string> {
    const now = this.#clock.monotonic();
    if (this.#read === undefined || now - this.#read.at >= fresh) {
      this.#read = { content: readFile(this.#path, "utf8"), at: now };
    }
    try {
      return (await this.#read.content).trim();
    } catch (error) {
      this.#read = undefined;
      throw kubernetesApiError(
        "DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID",
        `The file "${this.#path}" cannot be read: ${(error as Error).message}`,
        { hint: "Look at the rights of the file.", cause: error, details: { path: this.#path } },
      );
    }
  }

  /** Reads anew the next time, however fresh it is. */
  forget(): void {
    this.#read = undefined;
  }
}
