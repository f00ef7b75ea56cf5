import { describeProblems } from "@dext/hosting/output";
import type { ResourceSnapshot } from "@dext/protocol";
import type { Paint } from "./paint.ts";
import {
  formatCpu,
  formatMemory,
  paintStatus,
  shortEndpoint,
  statusSign,
  statusWord,
} from "./resource-look.ts";
import type { RunStatus } from "./run-status.ts";
import { fitText, textWidth, truncateText } from "./text-width.ts";

/** What {@link composeResourceList} takes. */
export interface ResourceListOptions {
  status: RunStatus;
  paint: Paint;
  width: number;
  height: number;
  /** Which resource is chosen, counted from 0. */
  cursor: number;
  /** Whether its log is what is shown. */
  isShown: boolean;
}

/** The resources as rows, and the place of the first of them in the model. */
export interface ResourceListRows {
  rows: string[];
  first: number;
}

interface Column {
  width: number;
  text(resource: ResourceSnapshot): string;
  paint?(text: string, resource: ResourceSnapshot): string;
}

/** Sign, name, and as much of status, endpoint, memory, CPU and restarts as there is room for. */
export function composeResourceList(options: ResourceListOptions): ResourceListRows {
  const { status, paint, width, height, cursor, isShown } = options;
  const resources = status.resources();
  const widest = Math.max(0, ...resources.map((resource) => textWidth(status.label(resource))));
  const columns = chooseColumns(resources, { paint, room: width - 3 - Math.min(widest, 16) });
  const nameWidth = width - 3 - columns.reduce((sum, column) => sum + column.width + 1, 0);
  const first = Math.max(0, Math.min(cursor - (height >> 1), resources.length - height));
  const rows = resources.slice(first, first + height).map((resource, index) => {
    const isChosen = first + index === cursor;
    const name = fitText(status.label(resource), nameWidth);
    const sign = paintStatus(statusSign(resource), resource, paint);
    const cells = columns.map((column) => {
      const text = fitText(column.text(resource), column.width);
      return column.paint === undefined ? text : column.paint(text, resource);
    });
    const mark = isChosen ? "▌" : " ";
    const shownName = isChosen && isShown ? paint.inverse(name) : isChosen ? paint.bold(name) : name;
    return [`${mark}${sign} ${shownName}`, ...cells].join(" ");
  });
  return { rows, first };
}

/** The most important first; what does not fit is left to the details of the chosen resource. */
function chooseColumns(
  resources: readonly ResourceSnapshot[],
  { paint, room }: { paint: Paint; room: number },
): Column[] {
  const of = (text: (resource: ResourceSnapshot) => string, most: number): number =>
    Math.min(most, Math.max(0, ...resources.map((resource) => textWidth(text(resource)))));
  const wanted: (Column & { place: number })[] = [
    {
      place: 0,
      width: of(statusWord, 11),
      text: statusWord,
      paint: (text, at) => paintStatus(text, at, paint),
    },
    { place: 2, width: of(restartCount, 4), text: restartCount, paint: (text) => paint.yellow(text) },
    {
      place: 1,
      width: of(firstEndpoint, 15),
      text: firstEndpoint,
      paint: (text, { endpoints: [target] }) =>
        target === undefined ? text : linkWithin(text, { url: target.url, paint }),
    },
    { place: 4, width: 5, text: ({ usage }) => (usage ? formatMemory(usage.memory).padStart(5) : "") },
    { place: 3, width: 4, text: ({ usage }) => (usage ? formatCpu(usage.cpu).padStart(4) : "") },
  ];
  const chosen: typeof wanted = [];
  let left = room;
  for (const column of wanted) {
    if (column.width === 0) continue;
    if (column.width + 1 > left) break;
    left -= column.width + 1;
    chosen.push(column);
  }
  return chosen.toSorted((a, b) => a.place - b.place);
}

function firstEndpoint({ endpoints: [first] }: ResourceSnapshot): string {
  return first === undefined ? "" : shortEndpoint(first);
}

function restartCount({ restarts }: ResourceSnapshot): string {
  return restarts === 0 ? "" : `↻${restarts}`;
}

/** Without the blanks behind it, which would be underlined too. */
function linkWithin(text: string, { url, paint }: { url: string; paint: Paint }): string {
  const trimmed = text.trimEnd();
  return paint.link(paint.cyan(trimmed), url) + text.slice(trimmed.length);
}

/** What is known of the chosen resource, the most important first. */
export function composeDetails(
  resource: ResourceSnapshot | undefined,
  { status, paint, width, height }: { status: RunStatus; paint: Paint; width: number; height: number },
): string[] {
  if (resource === undefined || height < 2) return [];
  const { state, health, endpoints, restarts, usage, pid, launcher, kind } = resource;
  const inner = width - 2;
  const message = resource.healthMessage ?? resource.reason ?? describeProblems(resource);
  const used = [
    ...(usage === undefined ? [] : [`${formatCpu(usage.cpu)} cpu`, formatMemory(usage.memory)]),
    `${restarts} ${restarts === 1 ? "restart" : "restarts"}`,
  ];
  const lines = [
    paintStatus(
      truncateText(health === "Unknown" ? state : `${state}, ${health.toLowerCase()}`, inner),
      resource,
      paint,
    ),
    ...endpoints.slice(0, 1).map((endpoint) => linkLine(endpoint.url, { inner, paint })),
    truncateText(used.join(" · "), inner),
    ...(message === undefined ? [] : [paint.yellow(truncateText(message, inner))]),
    ...endpoints.slice(1).map((endpoint) => linkLine(endpoint.url, { inner, paint })),
    paint.dim(
      truncateText(
        [kind, launcher, pid === undefined ? undefined : `pid ${pid}`].filter(Boolean).join(" · "),
        inner,
      ),
    ),
  ];
  const title = ` ${truncateText(status.label(resource), inner - 4)} `;
  const rule = `──${title}${"─".repeat(Math.max(0, width - 2 - textWidth(title)))}`;
  return [paint.dim(rule), ...lines.slice(0, height - 1).map((line) => ` ${line}`)];
}

function linkLine(url: string, { inner, paint }: { inner: number; paint: Paint }): string {
  return paint.link(paint.cyan(truncateText(url, inner)), url);
}
