import type { ModelDescription } from "@dext/protocol";
import { cliError } from "../error-codes.ts";
import type { AppHostRuntime } from "./choose-runtime.ts";
import { explainFailure } from "./diagnose-apphost.ts";
import { startAppHost } from "./start-apphost.ts";

/** What {@link describeAppHost} takes besides the file. */
export interface DescribeAppHostOptions {
  runtime: AppHostRuntime;
  /** How long it may take, in milliseconds; 0 for ever. */
  limit: number;
  /** Lines that the AppHost itself prints on stdout. */
  onLine?: (text: string) => void;
}

/**
 * Has an AppHost describe its model instead of running it.
 *
 * @throws DextError what is wrong with the AppHost; `DEXT_CLI_APPHOST_HANGS`, `DEXT_CLI_DESCRIPTION_INVALID`
 */
export async function describeAppHost(
  file: string,
  { runtime, limit, onLine = () => {} }: DescribeAppHostOptions,
): Promise<ModelDescription> {
  const appHost = await startAppHost({
    file,
    runtime,
    operation: "describe",
    onLine: ({ stream, text }) => {
      if (stream === "stdout") onLine(text);
    },
  });
  let late = false;
  const timer = setTimeout(() => {
    late = limit > 0;
    if (late) appHost.signal("SIGKILL");
  }, limit);
  try {
    const exit = await appHost.exited;
    if (late) throw hangs(file, limit);
    const result = await appHost.readResult();
    if (exit.code !== 0 || result === undefined) {
      throw explainFailure({ file, exit, errorOutput: appHost.errorOutput(), result });
    }
    if (!isDescription(result)) throw notReadable(file);
    return result;
  } finally {
    clearTimeout(timer);
    if (!appHost.hasExited()) appHost.signal("SIGKILL");
    await appHost.dispose();
  }
}

function isDescription(value: unknown): value is ModelDescription {
  const { version, resources } = value as Partial<ModelDescription>;
  return version === 1 && Array.isArray(resources);
}

function hangs(file: string, limit: number): Error {
  return cliError("DEXT_CLI_APPHOST_HANGS", `The AppHost has not called host.run() after ${limit / 1000} s`, {
    hint: "See what it waits for before host.run(), or give it longer with --start-timeout.",
    details: { place: file },
  });
}

function notReadable(file: string): Error {
  return cliError("DEXT_CLI_DESCRIPTION_INVALID", `"${file}" gave a description that this dext cannot read`, {
    hint: "Use the versions of dext and @dext/hosting that belong together.",
  });
}
