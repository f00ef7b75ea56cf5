import { formatDuration } from "@dext/core";
import { engineWords } from "@dext/hosting/containers";
import type { ContainerDetails } from "@dext/hosting/containers";
import type { ProjectDescription } from "@dext/project";
import { skipped } from "./check-row.ts";
import type { CheckRow } from "./check-row.ts";
import { hasHealthCheck, healthLimit, isRefused } from "./strict-container.ts";
import type { ImageDetails, StrictContainer } from "./strict-container.ts";

/** What {@link checkProgram} takes. */
export interface CheckProgramOptions {
  project: ProjectDescription;
  details: ImageDetails;
  /** Milliseconds. */
  stopWithin: number;
}

type State = ContainerDetails["State"];

/** What nobody asks for its health has started when it still runs after so long, in milliseconds. */
const settleTime = 1500;
/** Beyond the limit, a program that does not stop is given so long, in milliseconds: where it ends tells something. */
const graceTime = 4000;
const linesShown = 20;

/** Starts a program, waits for its health and stops it. */
export async function checkProgram(
  container: StrictContainer,
  options: CheckProgramOptions,
): Promise<readonly CheckRow[]> {
  const begin = performance.now();
  try {
    await container.start();
  } catch (error) {
    if (!isRefused(error)) throw error;
    return [
      { check: "starts", result: "failed", found: engineWords(error) },
      ...skipped(["healthy", "stops"], "it does not start"),
    ];
  }
  const isAsked = hasHealthCheck(options.details);
  const state = await container.watch(
    ({ Running, Status, Health }) => (!Running && Status !== "created") || Health?.Status === "healthy",
    { limit: isAsked ? healthLimit : settleTime, isAsked },
  );
  const duration = performance.now() - begin;
  if (!state.Running) return ended(state, { container, duration, isServer: isServer(options.project) });
  return [
    { check: "starts", result: "ok", found: "runs" },
    isAsked ? await healthRow(state, { container, duration }) : unasked(options),
    await stopRow(container, options),
  ];
}

/** What listens on a port is to tell its health. */
function isServer({ port, framework, healthPath }: ProjectDescription): boolean {
  return port !== undefined || framework !== undefined || healthPath !== undefined;
}

/** A job may be done before anybody looks; a server may not. */
async function ended(
  { ExitCode: exitCode, OOMKilled }: State,
  {
    container,
    duration,
    isServer: serves,
  }: { container: StrictContainer; duration: number; isServer: boolean },
): Promise<readonly CheckRow[]> {
  const how = OOMKilled === true ? "was out of memory" : `ended with exit code ${exitCode}`;
  const found = `${how} after ${formatDuration(duration)}`;
  const rest = skipped(["healthy", "stops"], "it had ended");
  if (exitCode === 0 && !serves) return [{ check: "starts", result: "ok", found, duration }, ...rest];
  const lines = await container.lastLines(linesShown);
  const hint = adviceFor(lines.join("\n"));
  return [{ check: "starts", result: "failed", found, duration, lines, hint }, ...rest];
}

const advice: readonly (readonly [sign: RegExp, hint: string])[] = [
  [
    /EROFS|read-only file system/i,
    "It writes to its own file system: give what it writes to a volume, or do without.",
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|network is unreachable/i,
    "It needs something of the network to start: --network and --env tell it where that is.",
  ],
  [/EACCES|permission denied|EPERM|operation not permitted/i, "It needs rights that it does not have here."],
];

function adviceFor(text: string): string {
  const found = advice.find(([sign]) => sign.test(text))?.[1];
  return found ?? "Give the variables that it needs to start by --env NAME=value or --env-from <file>.";
}

async function healthRow(
  { Health: health }: State,
  { container, duration }: { container: StrictContainer; duration: number },
): Promise<CheckRow> {
  if (health?.Status === "healthy") {
    return { check: "healthy", result: "ok", found: `after ${formatDuration(duration)}`, duration };
  }
  const said = health?.Log?.at(-1)?.Output.trim() ?? "";
  return {
    check: "healthy",
    result: "failed",
    found: `${health?.Status ?? "starting"} after ${formatDuration(duration)}`,
    duration,
    hint: "See whether the path of the HEALTHCHECK answers without what lies outside of the container.",
    lines: said === "" ? await container.lastLines(linesShown) : said.split("\n").slice(-linesShown),
  };
}

function unasked({ project }: CheckProgramOptions): CheckRow {
  if (!isServer(project)) {
    return { check: "healthy", result: "ok", found: "no HEALTHCHECK, and nothing that it could ask" };
  }
  return {
    check: "healthy",
    result: "failed",
    found: "no HEALTHCHECK",
    hint: "Add one: dext dockerfile --dry-run --on-conflict overwrite shows which.",
  };
}

async function stopRow(
  container: StrictContainer,
  { stopWithin, details }: CheckProgramOptions,
): Promise<CheckRow> {
  const signal = details.Config.StopSignal ?? "SIGTERM";
  const killAfter = stopWithin + graceTime;
  const { exitCode, duration } = await container.stop({ killAfter });
  const isKilled = exitCode === killedCode && duration >= killAfter;
  const found = isKilled
    ? `does not end at ${signal}: killed after ${formatDuration(duration)}`
    : `ended with exit code ${exitCode}, ${formatDuration(duration)} after ${signal}`;
  if (exitCode === 0 && duration <= stopWithin) return { check: "stops", result: "ok", found, duration };
  const hint =
    exitCode === 0
      ? `It may take ${formatDuration(stopWithin)}; --stop-within allows for more.`
      : `Handle ${signal}, which the first process of a container does not end at by itself, and write CMD as ["node", …]: a shell or npm keeps the signal.`;
  return { check: "stops", result: "failed", found, duration, hint };
}

/** 128 and the number of SIGKILL. */
const killedCode = 137;
