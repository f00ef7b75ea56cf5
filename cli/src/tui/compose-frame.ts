import type { RunInfo } from "@dext/protocol";
import type { Dialog } from "./dialogs/dialog.ts";
import { levelText } from "./dialogs/filter-dialog.ts";
import { keyHelp } from "./keys.ts";
import { layOut } from "./layout.ts";
import type { Layout, ScreenSize } from "./layout.ts";
import { clockTime, createLineRows } from "./line-rows.ts";
import type { LineRows } from "./line-rows.ts";
import type { LogWindow } from "./log-window.ts";
import type { Paint } from "./paint.ts";
import { composeDetails, composeResourceList } from "./resource-list.ts";
import type { WindowRow } from "./row-place.ts";
import type { News, RunStatus } from "./run-status.ts";
import { textWidth, truncateText } from "./text-width.ts";
import { chosenRange } from "./view-settings.ts";
import type { ViewSettings } from "./view-settings.ts";

/** A picture of the screen, row by row. */
export interface Frame {
  columns: number;
  header: string;
  /** The resources, where there is room for them beside the log. */
  left: { width: number; rows: readonly string[] } | undefined;
  right: { width: number; rows: readonly string[] };
  /** What stands between them in each row. */
  divider: string;
  footer: readonly string[];
  /** What the mouse can point at. */
  targets: FrameTargets;
}

export interface FrameTargets {
  layout: Layout;
  /** Place in the model of the first resource that is seen. */
  firstResource: number;
  resourceRows: number;
  /** The lines of the log, from the row below its title on. */
  log: readonly WindowRow[];
}

/** What a frame is made of. */
export interface FrameSource {
  info: RunInfo;
  status: RunStatus;
  window: LogWindow;
  settings: ViewSettings;
  dialog: Dialog | undefined;
  paint: Paint;
  now: () => number;
}

/** Makes pictures of the screen; what rows the lines have had is remembered from one to the next. */
export function createFrameComposer(source: FrameSource): (size: ScreenSize) => Frame {
  let rowsOf: LineRows | undefined;
  let rowsKey = "";

  /** Rows depend on what is set; as long as that is the same they are kept. */
  const linesAt = (width: number): LineRows => {
    const { settings, status, paint } = source;
    const { wrap, shift, timestamps, search, showAll } = settings;
    const labels = status.resources().map((resource) => status.label(resource));
    const key = JSON.stringify([width, wrap, shift, timestamps, search, showAll, labels]);
    if (rowsOf !== undefined && key === rowsKey) return rowsOf;
    rowsKey = key;
    rowsOf = createLineRows({
      width,
      wrap,
      shift,
      timestamps,
      search,
      coloured: paint.coloured,
      prefix: showAll
        ? ({ resource: name, replica }) => ({
            text: status.paddedLabel({ name, replica }),
            look: paint.nthLook(status.index(name)),
          })
        : undefined,
    });
    return rowsOf;
  };

  return (size) => {
    const layout = layOut(size);
    if (layout.kind === "too-small") return tooSmall(size, layout);
    const { paint, dialog } = source;
    const { right: width, body } = layout;
    // The title takes one.
    const height = body - 1;
    const log = logRows(source, { height, rowsOf: linesAt(width - 1) });
    const panel = dialog?.panel?.({ paint, width, height });
    const rows = panel ?? log.map(({ text }) => ` ${text}`);
    const left = layout.kind === "two-panes" ? leftPane(source, layout) : undefined;
    return {
      columns: size.columns,
      header: composeHeader(source, size.columns),
      left:
        left === undefined || layout.kind !== "two-panes"
          ? undefined
          : { width: layout.left, rows: left.rows },
      right: { width, rows: [composeTitle(source, width), ...rows] },
      divider: paint.dim("│"),
      footer: [composeNews(source, size.columns), composeHints(source, size.columns)],
      targets: {
        layout,
        firstResource: left?.first ?? 0,
        resourceRows: left?.count ?? 0,
        log: panel === undefined ? log : [],
      },
    };
  };
}

function tooSmall({ columns, rows }: ScreenSize, layout: Layout): Frame {
  return {
    columns,
    header: truncateText(`${columns}×${rows} is too small`, columns),
    left: undefined,
    right: { width: columns, rows: [] },
    divider: "",
    footer: [],
    targets: { layout, firstResource: 0, resourceRows: 0, log: [] },
  };
}

/** The rows of the log, those of chosen lines and of the line found marked. */
function logRows(
  { window, settings }: FrameSource,
  { height, rowsOf }: { height: number; rowsOf: LineRows },
): WindowRow[] {
  const chosen = chosenRange(settings);
  const found = window.current?.seq;
  return window.rows({
    height,
    rowsOf: (line) =>
      rowsOf(line, {
        current: line.seq === found,
        chosen: chosen !== undefined && line.seq >= chosen.first.seq && line.seq <= chosen.last.seq,
      }),
  });
}

function leftPane(
  { status, paint, settings }: FrameSource,
  { left: width, body, details: mostDetails }: Extract<Layout, { kind: "two-panes" }>,
): { rows: string[]; first: number; count: number } {
  const resources = status.resources();
  const details = composeDetails(resources[settings.cursor], { status, paint, width, height: mostDetails });
  const height = Math.min(resources.length, body - 1 - details.length);
  const list = composeResourceList({
    status,
    paint,
    width,
    height,
    cursor: settings.cursor,
    isShown: !settings.showAll,
  });
  const hidden = resources.length - list.rows.length;
  const title = paint.bold(" Resources") + (hidden === 0 ? "" : paint.dim(` ${hidden} more`));
  const blanks = Array.from({ length: Math.max(0, body - 1 - list.rows.length - details.length) }, () => "");
  return {
    rows: [title, ...list.rows, ...blanks, ...details],
    first: list.first,
    count: list.rows.length,
  };
}

function composeHeader({ info, status, paint }: FrameSource, columns: number): string {
  const resources = status.resources();
  const failed = status.failed().length;
  const up = `${status.up()} of ${resources.length} up`;
  const end = `run ${info.run} `;
  const plain = ` ${info.name}  ${status.state()}  ${up}${failed === 0 ? "" : `  ${failed} failed`}`;
  const gap = columns - textWidth(plain) - textWidth(end);
  if (gap < 1) return paint.inverse(truncateText(plain, columns).padEnd(columns));
  return paint.inverse(plain + " ".repeat(gap) + end);
}

function composeTitle({ window, settings, status, paint }: FrameSource, width: number): string {
  const { resource, text = "", level } = window.selection;
  const parts = [resource === undefined ? "All" : status.label(resource)];
  if (text !== "") parts.push(`with "${text}"`);
  if (level !== undefined) parts.push(levelText(level));
  if (settings.search !== "") parts.push(`/${settings.search}`);
  const where = describePlace(window);
  const name = truncateText(` ${parts.join("  ")}`, Math.max(4, width - textWidth(where) - 2));
  const gap = width - textWidth(name) - textWidth(where) - 1;
  if (gap < 1) return paint.bold(name);
  const colour = window.isFollowing ? paint.green(where) : paint.yellow(where);
  return paint.bold(name) + " ".repeat(gap) + colour;
}

function describePlace(window: LogWindow): string {
  if (window.isReading) return "reading…";
  if (window.isFollowing) return "following";
  const newer = window.newer === 0 ? "" : `, ${window.newer.toLocaleString("en")} newer`;
  return `${window.isAtStart ? "at the start" : "frozen"}${newer}`;
}

function composeNews(source: FrameSource, columns: number): string {
  const { dialog, status, paint, now } = source;
  if (dialog !== undefined) return dialog.line({ paint, width: columns, height: 1 });
  const stopping = describeStopping(status, now());
  if (stopping !== undefined) return paint.yellow(truncateText(` ${stopping}`, columns));
  const news = status.news();
  if (news === undefined) return "";
  const time = ` ${clockTime(news.time).slice(0, 8)} `;
  const text = truncateText(news.text.replaceAll(/\s+/g, " "), columns - time.length);
  return paint.dim(time) + paintNews(text, { level: news.level, paint });
}

function paintNews(text: string, { level, paint }: { level: News["level"]; paint: Paint }): string {
  if (level === "error") return paint.red(text);
  if (level === "warning") return paint.yellow(text);
  return level === "good" ? paint.green(text) : text;
}

/** For whom it is waited: name, pid, seconds. */
function describeStopping(status: RunStatus, now: number): string | undefined {
  if (status.state() !== "Stopping") return undefined;
  const waiting = status
    .resources()
    .filter(({ state }) => state === "Stopping")
    .map((resource) => {
      const seconds = `${Math.max(0, Math.round((now - resource.since) / 1000))} s`;
      return `${status.label(resource)} (${resource.pid === undefined ? "" : `pid ${resource.pid}, `}${seconds})`;
    });
  return waiting.length === 0 ? "Stopping" : `Stopping: waiting for ${waiting.join(", ")}; Ctrl-C kills`;
}

function composeHints({ dialog, paint, settings, status, window }: FrameSource, columns: number): string {
  if (dialog !== undefined) return paint.dim(truncateText(` ${dialog.hint}`, columns));
  const chosen = status.resources()[settings.cursor];
  const hasCommands = (chosen?.commands?.length ?? 0) > 0;
  const words: Record<string, string | undefined> = {
    freeze: window.isFollowing ? "freeze" : "follow",
    stop: chosen !== undefined && isOff(chosen.state) ? "start" : "stop",
    commands: hasCommands ? "commands" : undefined,
  };
  let hints = "";
  let left = columns - 1;
  // The last ones always: who knows `?` finds all others.
  const entries = keyHelp.filter(({ short }) => short !== undefined);
  const reserved = entries
    .slice(-2)
    .reduce((sum, entry) => sum + hintWidth(entry.keys, entry.short ?? ""), 0);
  for (const [index, { keys, short = "" }] of entries.entries()) {
    const word = short in words ? words[short] : short;
    if (word === undefined) continue;
    const width = hintWidth(keys, word);
    if (width > left - (index < entries.length - 2 ? reserved : 0)) continue;
    hints += ` ${paint.bold(paint.cyan(keys))} ${paint.dim(word)} `;
    left -= width;
  }
  return hints;
}

function isOff(state: string): boolean {
  return ["Stopped", "Finished", "Exited", "FailedToStart", "NotStarted"].includes(state);
}

function hintWidth(keys: string, word: string): number {
  return textWidth(keys) + textWidth(word) + 3;
}
