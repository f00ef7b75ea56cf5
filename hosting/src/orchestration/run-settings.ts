import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { hostingError } from "../hosting-error.ts";
import type { ProcessIdentity } from "../processes/process-entry.ts";
import { decodeRunner } from "../testing/test-runner.ts";
import { decodeOverrides } from "../testing/test-overrides.ts";
import type { TestOverrides } from "../testing/test-overrides.ts";
import type { EndRule } from "./orchestrator.ts";

/** What this process was started for. */
export type Operation = "run" | "describe" | "test";

/** Nothing of such a run is shared with another run of the same AppHost. */
export interface Isolation {
  /** A private folder: what otherwise goes into the `.dext` beside the AppHost goes into one in here. */
  readonly directory: string;
}

/** What a test wants of its run. */
export interface TestSettings {
  readonly overrides: TestOverrides;
  /** The process that runs the tests, when that is another one than the test's own: the run ends with it. */
  readonly runner?: ProcessIdentity;
}

/** What whoever started this process wants of it, read from `DEXT_…` variables. */
export interface RunSettings {
  readonly operation: Operation;
  /** Absent when nobody has chosen one. */
  readonly runId?: string;
  /** A client prints what happens and holds our stdin open for as long as it lives. */
  readonly isAttached: boolean;
  /** An open file to which this process prints the run itself, though a client is attached. */
  readonly outputDescriptor?: number;
  /** When whoever started this process began, in milliseconds since 1970. */
  readonly begunAt?: number;
  /** Nobody sees what this process prints: it runs in the background. */
  readonly isDetached: boolean;
  /** The file for the one document that says how it went. */
  readonly resultPath?: string;
  readonly only: readonly string[];
  readonly profiles: readonly string[];
  readonly inspected: readonly string[];
  readonly endRule: EndRule;
  /** Parameters whose given values are to be kept. */
  readonly keep: readonly string[];
  readonly collector?: string;
  /** Set for the operation `test`, and for a run that somebody wants apart from others. */
  readonly isolation?: Isolation;
  /** Set for the operation `test`. */
  readonly test?: TestSettings;
  /** The AppHost file. */
  readonly appHost: string;
}

/** @throws DextError `DEXT_RUN_OPERATION_UNKNOWN` */
export function readRunSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RunSettings {
  const operation = environment["DEXT_OPERATION"] ?? "run";
  if (operation !== "run" && operation !== "describe" && operation !== "test") {
    throw hostingError(
      "DEXT_RUN_OPERATION_UNKNOWN",
      `Not an operation of an AppHost: DEXT_OPERATION is "${operation}"`,
      {
        hint: "Known are run, describe and test; a newer dext needs a newer @dext/hosting.",
        details: { operation },
      },
    );
  }
  const runId = environment["DEXT_RUN_ID"];
  const resultPath = environment["DEXT_RESULT"];
  const collector = environment["DEXT_OTLP_ENDPOINT"];
  const outputDescriptor = wholeNumber(environment["DEXT_OUTPUT_DESCRIPTOR"]);
  const begunAt = wholeNumber(environment["DEXT_BEGUN_AT"]);
  return {
    operation,
    isAttached: environment["DEXT_ATTACHED"] === "1",
    isDetached: environment["DEXT_DETACHED"] === "1",
    only: list(environment["DEXT_RESOURCES"]),
    profiles: list(environment["DEXT_PROFILES"]),
    endRule: endRuleOf(environment["DEXT_END"]),
    inspected: list(environment["DEXT_INSPECT"]),
    keep: list(environment["DEXT_KEEP_PARAMETERS"]),
    appHost: realPath(resolve(process.argv[1] ?? "")),
    ...(runId === undefined ? {} : { runId }),
    ...(outputDescriptor === undefined ? {} : { outputDescriptor }),
    ...(begunAt === undefined ? {} : { begunAt }),
    ...(resultPath === undefined ? {} : { resultPath }),
    ...(collector === undefined || collector === "" ? {} : { collector }),
    ...readIsolation(operation, environment),
  };
}

/** `DEXT_ISOLATED` is the folder, `DEXT_OVERRIDES` what a test wants to be different, `DEXT_TEST_RUNNER` who runs it. */
function readIsolation(
  operation: Operation,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<RunSettings, "isolation" | "test"> {
  const directory = environment["DEXT_ISOLATED"];
  const isGiven = directory !== undefined && directory !== "";
  if (operation !== "test") return isGiven ? { isolation: { directory: resolve(directory) } } : {};
  if (!isGiven) {
    throw hostingError(
      "DEXT_RUN_OPERATION_UNKNOWN",
      "DEXT_OPERATION is test, and DEXT_ISOLATED names no folder",
      {
        hint: "Tests start an AppHost with startAppHost of @dext/hosting/testing.",
      },
    );
  }
  const runner = decodeRunner(environment["DEXT_TEST_RUNNER"]);
  return {
    isolation: { directory: resolve(directory) },
    test: {
      overrides: decodeOverrides(environment["DEXT_OVERRIDES"]),
      ...(runner === undefined ? {} : { runner }),
    },
  };
}

/** `DEXT_END`: `asked`, `until-finished`; anything else is the usual rule. */
function endRuleOf(text: string | undefined): EndRule {
  return text === "asked" || text === "until-finished" ? text : "nothing-left";
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function list(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
