import type { Clock } from "@dext/core";
import { runProgram } from "./program-run.ts";
import type { ProgramRun } from "./program-run.ts";

/** `exec` of a user in a kubeconfig, as far as it is looked at here. */
export interface ExecConfig {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
  /** What the kubeconfig says to do when there is no such program. */
  readonly installHint?: string;
}

/** `status` of an `ExecCredential`. */
export interface ProgramCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

/** What a {@link CredentialProgram} takes. */
export interface CredentialProgramOptions {
  clock: Clock;
  /** Milliseconds that it may take. */
  timeout: number;
  /** What it is told of the cluster where the kubeconfig says so. */
  cluster: Readonly<Record<string, unknown>>;
  /** Makes the error for credentials that cannot be had. */
  fail: (why: string, hint?: string) => Error;
}

/**
 * A program that makes credentials: `aws eks get-token`, `gke-gcloud-auth-plugin`, `kubelogin` … It is run for the first
 * request, when what it gave has expired, and when the API does not take that any more; once for all who wait. The client
 * library would wait for one that hangs for ever.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export class CredentialProgram {
  readonly #exec: ExecConfig;
  readonly #options: CredentialProgramOptions;
  #given: ProgramCredential | undefined;
  #run: ProgramRun | undefined;
  #waiting = 0;

  constructor(exec: ExecConfig, options: CredentialProgramOptions) {
    this.#exec = exec;
    this.#options = options;
  }

  /** What it gave last, as long as that is valid, else what it gives now. When nobody waits for it any more, it is ended. */
  async credential(signal: AbortSignal): Promise<ProgramCredential> {
    signal.throwIfAborted();
    if (this.#given !== undefined && !this.#isExpired(this.#given)) return this.#given;
    const run = (this.#run ??= runProgram(this.#exec, this.#options));
    const givenUp = Promise.withResolvers<never>();
    const giveUp = (): void => givenUp.reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting += 1;
    try {
      return (this.#given = await Promise.race([run.result, givenUp.promise]));
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#waiting -= 1;
      if (this.#waiting === 0) {
        run.end();
        this.#run = undefined;
      }
    }
  }

  /** Has it run again for the next request. */
  forget(): void {
    this.#given = undefined;
  }

  #isExpired({ expirationTimestamp }: ProgramCredential): boolean {
    if (expirationTimestamp === undefined) return false;
    return Date.parse(expirationTimestamp) <= this.#options.clock.now();
  }
}
