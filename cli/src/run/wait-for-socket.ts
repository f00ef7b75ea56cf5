import { existsSync } from "node:fs";
import { formatDuration, isDextError, sleep } from "@dext/core";
import { connectRun } from "@dext/hosting/control";
import type { ConnectedRun } from "@dext/hosting/control";
import type { RunInfo } from "@dext/protocol";
import type { AppHostProcess } from "../apphost/start-apphost.ts";
import { cliError } from "../error-codes.ts";

/** What {@link waitForSocket} takes. */
export interface WaitForSocketOptions {
  appHost: AppHostProcess;
  socketPath: string;
  /** How long it may take to get to `host.run()`, in milliseconds; 0 for ever. */
  limit: number;
  /** Whether it has got there: what it waits for from then on has limits of its own. */
  hasBegun: () => Promise<boolean>;
  /** What it has written to stderr last. */
  lastWords: () => string | undefined;
  progress: (text: string) => void;
}

/**
 * Waits until a new AppHost answers on its control socket. `undefined` when it ended before.
 *
 * @throws DextError `DEXT_CLI_APPHOST_HANGS`
 */
export async function waitForSocket({
  appHost,
  socketPath,
  limit,
  hasBegun,
  lastWords,
  progress,
}: WaitForSocketOptions): Promise<{ client: ConnectedRun; info: RunInfo } | undefined> {
  const client = connectRun({ socketPath });
  const start = performance.now();
  let told = false;
  let begun = false;
  while (!appHost.hasExited()) {
    if (existsSync(socketPath)) {
      const info = await client.info().catch(ignoreEarly);
      if (info !== undefined) return { client, info };
    }
    const waited = performance.now() - start;
    if (limit > 0 && waited > limit && !begun) {
      begun = await hasBegun();
      if (!begun) throw hangs(appHost.file, limit);
    }
    if (!told && waited > tellAfter) {
      told = true;
      begun ||= await hasBegun();
      progress(stillWaiting(waited, { begun, lastWords: lastWords() }));
    }
    // Each look costs a few microseconds, and what is lost here is lost for the start of the whole system.
    await sleep(waited < 2000 ? 5 : 50);
  }
  return undefined;
}

const tellAfter = 5000;

function stillWaiting(
  waited: number,
  { begun, lastWords }: { begun: boolean; lastWords: string | undefined },
): string {
  const time = formatDuration(waited);
  if (!begun) return `The AppHost has not called host.run() for ${time}, still waiting`;
  return `The AppHost is not up after ${time}, still waiting${lastWords === undefined ? "" : `. It says: ${lastWords}`}`;
}

/** The socket file is there a moment before it answers, and a moment longer than it answers. */
function ignoreEarly(error: unknown): undefined {
  const codes = ["DEXT_CONTROL_UNREACHABLE", "DEXT_CONTROL_CONNECTION_LOST"];
  if (!isDextError(error) || !codes.includes(error.code)) throw error;
}

function hangs(file: string, limit: number): Error {
  return cliError(
    "DEXT_CLI_APPHOST_HANGS",
    `The AppHost has not called host.run() after ${formatDuration(limit)}`,
    {
      hint: "See what it waits for before host.run(), or give it longer with --start-timeout.",
      details: { place: file },
    },
  );
}
