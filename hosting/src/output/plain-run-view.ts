import process from "node:process";
import { formatDuration } from "@dext/core";
import { printableText } from "../logs/printable-text.ts";
import type { HealthEvent, ResourceSnapshot, RunEvent, StateEvent } from "@dext/protocol";
import { columns } from "./columns.ts";
import { printProgress } from "./print.ts";
import { styleFor } from "./style.ts";
import type { Style } from "./style.ts";
import { createLineWriter } from "./line-writer.ts";
import type { LineWriter } from "./line-writer.ts";
import { createLineRenderer } from "./line-renderer.ts";
import { createResourceLabels } from "./resource-label.ts";
import type { ResourceLabels } from "./resource-label.ts";
import { createSlowStarts } from "./slow-starts.ts";
import { isUp } from "./run-tracker.ts";
import type { RunView } from "./run-view.ts";

/** What {@link createPlainRunView} takes. */
export interface PlainRunViewOptions {
  /** Where the lines go; stdout when absent. */
  writer?: LineWriter;
  labels?: ResourceLabels;
}

/** Shows a run as lines: `api | text`, and states as they change, `api  Running  http://localhost:43121`. */
export function createPlainRunView({
  writer = createLineWriter(),
  labels = createResourceLabels(),
}: PlainRunViewOptions = {}): RunView {
  const style = styleFor({ stream: process.stdout });
  const render = createLineRenderer({ style, labels });
  const slow = createSlowStarts((resource) => {
    const detail = resource.healthMessage ?? "";
    writer.write(statusLine(resource, { style, labels, word: resource.health, detail }));
  });
  return {
    attached(info, resources) {
      labels.learn(resources);
      writer.write(style.dim(`${info.name}, run ${info.run}`));
    },
    event(event) {
      if (event.type !== "run" && event.type !== "notice") {
        labels.learn([event.data.snapshot]);
        slow.observe(event.data.snapshot);
      }
      const text = describeEvent(event, { style, labels });
      if (text !== undefined) writer.write(text);
    },
    lines(frame) {
      writer.writeBytes(render(frame));
      return writer.whenReady();
    },
    appHostLine({ text }) {
      writer.write(`${style.dim("apphost |")} ${printableText(text, { colour: style.coloured })}`);
    },
    settled(tracker, { duration }) {
      for (const line of describeSettled(tracker.resources(), { style, labels, duration }))
        writer.write(line);
    },
    progress(text) {
      writer.flush();
      printProgress(text);
    },
    flush: () => writer.flush(),
    ended({ failed, duration }) {
      slow.dispose();
      const ran = failed.length === 0 ? "nothing failed" : `failed: ${nameFailed(failed, labels)}`;
      writer.write(`${style.bold("Stopped")} after ${formatDuration(duration)}, ${ran}`);
      writer.flush();
    },
  };
}

/** The failed resources, each with how it failed. */
export function nameFailed(failed: readonly ResourceSnapshot[], labels: ResourceLabels): string {
  return failed.map((resource) => `${labels.label(resource)} (${describeFailure(resource)})`).join(", ");
}

/** `exit code 1`, `SIGSEGV`, or the reason why it did not start. */
export function describeFailure({ state, reason, exitCode, signal }: ResourceSnapshot): string {
  if (reason !== undefined) return reason;
  if (signal !== undefined) return signal;
  if (exitCode !== undefined) return `exit code ${exitCode}`;
  return state === "FailedToStart" ? "did not start" : state;
}

interface Look {
  style: Style;
  labels: ResourceLabels;
}

function describeEvent(event: RunEvent, look: Look): string | undefined {
  switch (event.type) {
    case "state":
      return describeState(event, look);
    case "health":
      return describeHealth(event, look);
    case "notice": {
      const { level, message, code, hint } = event.data;
      const { style } = look;
      const colour = level === "error" ? "red" : level === "warning" ? "yellow" : "cyan";
      const head = style[colour](`${level}${code === undefined ? "" : ` ${code}`}:`);
      return `${head} ${message}${hint === undefined ? "" : `\n${style.cyan("hint:")} ${hint}`}`;
    }
    default:
      return undefined;
  }
}

function describeState({ data: { to, reason, snapshot } }: StateEvent, look: Look): string | undefined {
  if (to === "NotStarted") return undefined;
  const details: Record<string, string | undefined> = {
    Starting:
      snapshot.launcherBecause === undefined
        ? snapshot.launcher
        : `${snapshot.launcher ?? ""}: ${snapshot.launcherBecause}`,
    Running: snapshot.endpoints.map(({ url }) => url).join(" "),
    Exited: describeFailure(snapshot),
    FailedToStart: describeFailure(snapshot),
  };
  const detail = details[to] ?? reason ?? snapshot.healthMessage ?? "";
  return statusLine(snapshot, { ...look, word: to, detail });
}

/** Nobody is healthy at once: that is worth a line when it lasts, or when it was better before. */
function describeHealth(
  { data: { from, to, message, snapshot } }: HealthEvent,
  look: Look,
): string | undefined {
  const starts = to !== "Healthy" && from === "Unknown";
  if (snapshot.state !== "Running" || to === "Unknown" || starts) return undefined;
  return statusLine(snapshot, { ...look, word: to, detail: message ?? "" });
}

function statusLine(
  resource: ResourceSnapshot,
  { style, labels, word, detail }: Look & { word: string; detail: string },
): string {
  const name = style.nth(labels.index(resource.name), labels.padded(resource));
  return `${name}   ${paintWord(style, word)}${detail === "" ? "" : `  ${detail}`}`;
}

function paintWord(style: Style, word: string): string {
  if (["Running", "Healthy", "Finished"].includes(word)) return style.green(word);
  if (["Exited", "FailedToStart", "Unhealthy"].includes(word)) return style.red(word);
  return ["Degraded", "Restarting"].includes(word) ? style.yellow(word) : style.bold(word);
}

function describeSettled(
  resources: readonly ResourceSnapshot[],
  { style, labels, duration }: Look & { duration: number },
): string[] {
  const failed = resources.filter((resource) => !isUp(resource) && resource.state !== "NotStarted");
  const reachable = resources.filter((resource) => isUp(resource) && resource.endpoints.length > 0);
  const took = formatDuration(duration);
  const head =
    failed.length === 0
      ? style.bold(style.green(`Everything is up after ${took}`))
      : style.bold(
          `${resources.length - failed.length} of ${resources.length} resources are up after ${took}`,
        ) + `, not: ${nameFailed(failed, labels)}`;
  const inOrder = reachable.toSorted((a, b) => labels.index(a.name) - labels.index(b.name));
  const rows = inOrder.map((resource) => [
    `  ${labels.label(resource)}`,
    resource.endpoints.map(({ url }) => url).join(" "),
  ]);
  return [head, ...columns(rows)];
}
