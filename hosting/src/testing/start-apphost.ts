import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { formatDuration, fromErrorDocument, sleep, systemClock, toMilliseconds } from "@dext/core";
import type { Duration } from "@dext/core";
import { isErrorDocument } from "../control/error-answer.ts";
import { newRunId, runPaths } from "../control/runtime-directory.ts";
import { appHostEnvironment } from "./apphost-environment.ts";
import { AppHostProcess } from "./apphost-process.ts";
import { testingError } from "./error-codes.ts";
import { readRunAddresses } from "./run-addresses.ts";
import { TestAppHost } from "./test-apphost.ts";
import { encodeOverrides } from "./test-overrides.ts";
import type { TestOverrides } from "./test-overrides.ts";
import { encodeRunner, findRunner } from "./test-runner.ts";

/** What {@link startAppHost} takes besides the file. */
export interface StartAppHostOptions extends TestOverrides {
  /** Runs these resources and what they depend on; all when absent. */
  only?: readonly string[];
  /** Runs the resources of these profiles too. */
  profiles?: readonly string[];
  /** The ways in which backing resources are had, best first: `"process,embedded"`. */
  launch?: string;
  /** What to wait for: that everything which starts by itself is healthy, that it runs, or nothing. `"healthy"` when absent. */
  waitFor?: "healthy" | "started" | false;
  /** How long that may take; 60 s when absent. */
  timeout?: Duration;
  signal?: AbortSignal;
}

/**
 * Runs an AppHost for a test, in a process of its own and apart from any other run: on free ports even where a port is
 * fixed, without kept data, with parameters of its own, without a dashboard. It is gone when it is stopped, and at the
 * latest when this process ends, however it ends.
 *
 * @param file the AppHost file: a path from the current folder, or a URL such as `new URL("../apphost.ts", import.meta.url)`.
 * @throws DextError what is wrong with the AppHost, as `dext run` would say it; `DEXT_TESTING_NOT_READY` when something
 * does not come up, `DEXT_TESTING_OVERRIDE_INVALID`, `DEXT_TESTING_STILL_NEEDED`, `DEXT_TESTING_APPHOST_MISSING`,
 * `DEXT_TESTING_APPHOST_FAILED`, `DEXT_TESTING_APPHOST_SLOW`
 *
 * @example
 * ```ts ignore
 * import { startAppHost } from "@dext/hosting/testing";
 *
 * const app = await startAppHost("./apphost.ts", { without: ["web"] });
 * try {
 *   const response = await app.http("api").get("/users");
 * } finally {
 *   await app.stop();
 * }
 * ```
 */
export async function startAppHost(
  file: string | URL,
  options: StartAppHostOptions = {},
): Promise<TestAppHost> {
  const { waitFor = "healthy", signal } = options;
  const timeout = toMilliseconds(options.timeout ?? "60s");
  const overrides = encodeOverrides(options);
  signal?.throwIfAborted();
  const path = await findFile(file);
  const deadline = systemClock.monotonic() + timeout;
  const app = await begin(path, { overrides, options, timeout });
  try {
    const left = Math.max(1, deadline - systemClock.monotonic());
    if (waitFor !== false)
      await app.waitForStart(waitFor, { timeout: left, ...(signal === undefined ? {} : { signal }) });
    return app;
  } catch (error) {
    await app.stop();
    throw error;
  }
}

async function findFile(file: string | URL): Promise<string> {
  const isUrl = typeof file !== "string" || file.startsWith("file:");
  const path = isUrl ? fileURLToPath(file) : resolve(file);
  if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  throw testingError("DEXT_TESTING_APPHOST_MISSING", `There is no AppHost "${path}"`, {
    hint: `Paths start at the current folder, "${process.cwd()}"; new URL("./apphost.ts", import.meta.url) starts at the test's file.`,
    details: { file: path },
  });
}

interface BeginOptions {
  overrides: string;
  options: StartAppHostOptions;
  timeout: number;
}

/** Starts the process; resolves when its run is there. */
async function begin(file: string, { overrides, options, timeout }: BeginOptions): Promise<TestAppHost> {
  const { only = [], profiles = [], launch, signal } = options;
  const runId = newRunId();
  // Refuses a path that is too long for a socket before anything is made.
  runPaths(join(tmpdir(), "dext-test-XXXXXX", "runs"), runId);
  const folder = await mkdtemp(join(tmpdir(), "dext-test-"));
  const runtimeDirectory = join(folder, "runs");
  const paths = runPaths(runtimeDirectory, runId);
  const runner = findRunner();
  const environment = appHostEnvironment();
  let appHost: AppHostProcess | undefined;
  try {
    await mkdir(runtimeDirectory, { mode: 0o700 });
    appHost = new AppHostProcess({
      file,
      folder,
      environment: {
        ...environment,
        DEXT_OPERATION: "test",
        DEXT_ISOLATED: folder,
        DEXT_OVERRIDES: overrides,
        DEXT_RUN_ID: runId,
        DEXT_RUNTIME_DIRECTORY: runtimeDirectory,
        DEXT_ATTACHED: "1",
        DEXT_END: "asked",
        DEXT_RESOURCES: only.join(","),
        DEXT_PROFILES: profiles.join(","),
        ...(launch === undefined ? {} : { DEXT_LAUNCH: launch }),
        ...(runner === undefined ? {} : { DEXT_TEST_RUNNER: encodeRunner(runner) }),
      },
    });
    await untilRegistered(appHost, { record: paths.record, timeout, signal });
    return new TestAppHost({
      runId,
      folder,
      paths,
      process: appHost,
      addresses: await readRunAddresses(folder),
      environment,
    });
  } catch (error) {
    // Before its run is there, it has started nothing that its guardian does not end.
    appHost?.signal("SIGKILL");
    await appHost?.waitForExit(killTimeout);
    await rm(paths.temporary, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const killTimeout = 10_000;
const pollInterval = 10;

async function untilRegistered(
  appHost: AppHostProcess,
  { record, timeout, signal }: { record: string; timeout: number; signal: AbortSignal | undefined },
): Promise<void> {
  const deadline = systemClock.monotonic() + timeout;
  while (!(await exists(record))) {
    if (appHost.exit !== undefined) throw await explainFailure(appHost);
    if (systemClock.monotonic() > deadline) throw await tooSlow(appHost, timeout);
    await sleep(pollInterval, signal === undefined ? {} : { signal });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** What the AppHost says of itself, else what is known from outside. */
async function explainFailure(appHost: AppHostProcess): Promise<Error> {
  const result = await appHost.readResult();
  if (isErrorDocument(result)) return fromErrorDocument(result);
  const { code, signal, error } = appHost.exit ?? { code: null, signal: null };
  const how =
    error === undefined
      ? signal === null
        ? `with exit code ${code}`
        : `by ${signal}`
      : `before it began: ${error.message}`;
  return testingError(
    "DEXT_TESTING_APPHOST_FAILED",
    `The AppHost "${appHost.file}" ended ${how} and has run nothing${await appHost.lastLinesText()}`,
    {
      ...(code === 0 ? { hint: "End it with: await host.run();" } : {}),
      details: { file: appHost.file, code, signal },
    },
  );
}

async function tooSlow(appHost: AppHostProcess, timeout: number): Promise<Error> {
  return testingError(
    "DEXT_TESTING_APPHOST_SLOW",
    `The AppHost "${appHost.file}" has not called host.run() after ${formatDuration(timeout)}${await appHost.lastLinesText()}`,
    {
      hint: "See what it waits for before host.run(), or give it longer with { timeout }.",
      details: { file: appHost.file },
    },
  );
}
