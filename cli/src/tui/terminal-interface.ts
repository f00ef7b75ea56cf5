import { stripVTControlCharacters } from "node:util";
import type { ResourceSnapshot, RunClient, RunInfo } from "@dext/protocol";
import { copySequence } from "./clipboard.ts";
import { createFrameComposer } from "./compose-frame.ts";
import type { Frame, FrameSource } from "./compose-frame.ts";
import { createCommandMenu } from "./dialogs/command-menu.ts";
import { createFilterDialog } from "./dialogs/filter-dialog.ts";
import { createHelp } from "./dialogs/help.ts";
import { createQuestion } from "./dialogs/question.ts";
import { createSearchDialog } from "./dialogs/search-dialog.ts";
import type { ScreenSize } from "./layout.ts";
import type { LogWindow } from "./log-window.ts";
import type { MouseEvent } from "./mouse.ts";
import type { Paint } from "./paint.ts";
import { isActive } from "./run-status.ts";
import type { RunStatus } from "./run-status.ts";
import { chosenRange, initialSettings } from "./view-settings.ts";
import type { ViewSettings } from "./view-settings.ts";

/** What the interface does beyond its own picture. */
export interface InterfaceEffects {
  /** Ctrl-C, or a quit that was confirmed. */
  interrupt(): void;
  /** Ends the interface; the run goes on. */
  leave(): void;
  suspend(): void;
  redraw(): void;
  /** Sends a sequence to the terminal that does not change the picture. */
  send(sequence: string): void;
}

/** What {@link createTerminalInterface} takes. */
export interface TerminalInterfaceOptions {
  run: RunClient;
  info: RunInfo;
  status: RunStatus;
  window: LogWindow;
  paint: Paint;
  /** The run ends with the interface. */
  owned: boolean;
  effects: InterfaceEffects;
  onChange: () => void;
  now: () => number;
}

/** What is seen and what keys and mouse do. It knows neither ink nor the terminal. */
export interface TerminalInterface {
  /** Takes a key by its name. */
  press(key: string): void;
  /** Takes text that is pasted: it is typed where text is asked for, and never taken for keys. */
  paste(text: string): void;
  point(event: MouseEvent): void;
  /** A picture of the screen as it is now. */
  frame(size: ScreenSize): Frame;
}

const wheelRows = 3;
const shiftCells = 8;

export function createTerminalInterface(options: TerminalInterfaceOptions): TerminalInterface {
  return new Interface(options);
}

class Interface implements TerminalInterface {
  readonly #options: TerminalInterfaceOptions;
  readonly #settings: ViewSettings = initialSettings();
  readonly #compose: (size: ScreenSize) => Frame;
  readonly #source: FrameSource;
  readonly #actions: Readonly<Record<string, () => void>>;
  #frame: Frame | undefined;

  constructor(options: TerminalInterfaceOptions) {
    const { info, status, window, paint, now } = options;
    this.#options = options;
    this.#source = { info, status, window, settings: this.#settings, dialog: undefined, paint, now };
    this.#compose = createFrameComposer(this.#source);
    this.#actions = this.#describeActions();
  }

  frame(size: ScreenSize): Frame {
    this.#frame = this.#compose(size);
    return this.#frame;
  }

  press(key: string): void {
    const { effects, onChange } = this.#options;
    const { dialog } = this.#source;
    if (key === "ctrl+c") effects.interrupt();
    else if (key === "ctrl+z") effects.suspend();
    else if (key === "ctrl+l") effects.redraw();
    else if (dialog === undefined) this.#actions[key]?.();
    // What it does may open another.
    else if (!dialog.press(key) && this.#source.dialog === dialog) this.#source.dialog = undefined;
    onChange();
  }

  paste(text: string): void {
    const { dialog } = this.#source;
    for (const character of text.replaceAll(/\s+/g, " ").trim()) dialog?.press(character);
    this.#options.onChange();
  }

  point(event: MouseEvent): void {
    const { onChange } = this.#options;
    if (event.kind === "wheel-up") this.#scroll(-wheelRows);
    else if (event.kind === "wheel-down") this.#scroll(wheelRows);
    else if (event.kind === "press") this.#pressMouse(event);
    else if (event.kind === "drag") this.#drag(event);
    onChange();
  }

  #describeActions(): Readonly<Record<string, () => void>> {
    const settings = this.#settings;
    const up = (): void => this.#moveCursor(-1);
    const down = (): void => this.#moveCursor(1);
    return {
      up,
      k: up,
      down,
      j: down,
      a: () => this.#showLog(!settings.showAll),
      return: () => this.#showLog(false),
      "/": () => this.#openSearch(),
      n: () => this.#searchOn("newer"),
      N: () => this.#searchOn("older"),
      f: () => this.#openFilter(),
      " ": () => this.#toggleFollow(),
      pageup: () => this.#scroll(-this.#pageRows()),
      pagedown: () => this.#scroll(this.#pageRows()),
      home: () => void this.#options.window.toStart().then(this.#options.onChange),
      end: () => this.#options.window.follow(),
      left: () => (settings.shift = Math.max(0, settings.shift - shiftCells)),
      right: () => (settings.shift += settings.wrap ? 0 : shiftCells),
      r: () => this.#command("restart"),
      s: () => this.#stopOrStart(),
      c: () => this.#openCommands(),
      y: () => this.#copy(),
      w: () => {
        settings.wrap = !settings.wrap;
        settings.shift = 0;
      },
      t: () => (settings.timestamps = !settings.timestamps),
      escape: () => this.#forget(),
      "?": () => (this.#source.dialog = createHelp()),
      q: () => this.#quit(),
    };
  }

  #chosen(): ResourceSnapshot | undefined {
    return this.#options.status.resources()[this.#settings.cursor];
  }

  #moveCursor(by: number): void {
    const last = this.#options.status.resources().length - 1;
    this.#settings.cursor = Math.max(0, Math.min(last, this.#settings.cursor + by));
    this.#showLog(false);
  }

  #showLog(all: boolean): void {
    this.#settings.showAll = all;
    this.#select();
  }

  /** Shows the lines that cursor and filter say. */
  #select(): void {
    const { showAll, filterText, filterLevel } = this.#settings;
    const chosen = showAll ? undefined : this.#chosen();
    this.#settings.chosen = undefined;
    this.#options.window.select({
      ...(chosen === undefined ? {} : { resource: { name: chosen.name, replica: chosen.replica } }),
      ...(filterText === "" ? {} : { text: filterText }),
      ...(filterLevel === undefined ? {} : { level: filterLevel }),
    });
  }

  #toggleFollow(): void {
    const { window } = this.#options;
    if (window.isFollowing) window.freeze();
    else window.follow();
  }

  #pageRows(): number {
    return Math.max(1, (this.#frame?.targets.layout.kind === "too-small" ? 1 : this.#logHeight()) - 1);
  }

  #logHeight(): number {
    const layout = this.#frame?.targets.layout;
    return layout === undefined || layout.kind === "too-small" ? 2 : layout.body - 1;
  }

  #scroll(rows: number): void {
    const { window, onChange } = this.#options;
    void window.scroll(rows).then(onChange);
  }

  #openSearch(): void {
    const { search: before } = this.#settings;
    this.#source.dialog = createSearchDialog({
      onType: (text) => (this.#settings.search = text),
      onDone: (text) => {
        this.#settings.search = text ?? before;
        if (text !== undefined) this.#searchFirst(text);
      },
    });
  }

  /** What follows shows its newest hit, what stands still the next one, else the one before. */
  #searchFirst(text: string): void {
    const { window } = this.#options;
    const first = window.isFollowing ? "older" : "newer";
    void window.search(text, first).then(async (found) => {
      const isThere = found || (first === "newer" && (await window.search(text, "older")));
      if (!isThere) this.#say(`Nothing found for "${text}"`, "warning");
      this.#options.onChange();
    });
  }

  #searchOn(direction: "older" | "newer"): void {
    const { search } = this.#settings;
    if (search === "") return this.#say("Nothing was searched yet: / searches", "warning");
    void this.#options.window.search(search, direction).then((found) => {
      const other =
        direction === "older" ? "No hit before this one, n: later" : "No hit after this one, N: earlier";
      if (!found) this.#say(other, "warning");
      this.#options.onChange();
    });
  }

  #openFilter(): void {
    const { filterText: text, filterLevel: level } = this.#settings;
    this.#source.dialog = createFilterDialog({
      filter: { text, level },
      onDone: (filter) => {
        this.#settings.filterText = filter.text;
        this.#settings.filterLevel = filter.level;
        this.#select();
      },
    });
  }

  #forget(): void {
    const { chosen, search, filterText, filterLevel } = this.#settings;
    // One after another, the most recent thing first.
    if (chosen !== undefined) this.#settings.chosen = undefined;
    else if (search !== "") this.#settings.search = "";
    else if (filterText !== "" || filterLevel !== undefined) {
      this.#settings.filterText = "";
      this.#settings.filterLevel = undefined;
      this.#select();
    }
  }

  #openCommands(): void {
    const chosen = this.#chosen();
    const commands = chosen?.commands ?? [];
    if (chosen === undefined) return;
    const resource = this.#options.status.label(chosen);
    if (commands.length === 0) return this.#say(`${resource} has no commands of its own`, "info");
    this.#source.dialog = createCommandMenu({
      resource,
      commands,
      onChoose: ({ name, confirm }) => {
        if (confirm === undefined) return this.#command(name);
        this.#source.dialog = createQuestion(confirm, {
          y: { label: name, run: () => this.#command(name) },
        });
      },
    });
  }

  #stopOrStart(): void {
    const chosen = this.#chosen();
    if (chosen !== undefined) this.#command(isActive(chosen) ? "stop" : "start");
  }

  /** Gives the chosen resource a command; where it has replicas, the chosen one. */
  #command(command: string): void {
    const chosen = this.#chosen();
    if (chosen === undefined) return;
    const { run, status, onChange } = this.#options;
    const { name, replica } = chosen;
    const label = status.label(chosen);
    const replicas = status.resources().filter((resource) => resource.name === name).length;
    this.#say(`${label}: ${command} …`, "info");
    const given = run.command(name, { command, ...(replicas > 1 ? { replica } : {}) });
    void given
      .then(
        () => this.#say(`${label}: ${command} done`, "good"),
        (error: unknown) => this.#say(`${label}: ${command} failed: ${(error as Error).message}`, "error"),
      )
      .finally(onChange);
  }

  #copy(): void {
    const { window, effects } = this.#options;
    const range = chosenRange(this.#settings);
    const seen = [...new Set(this.#frame?.targets.log.map(({ line }) => line))];
    const lines =
      range !== undefined
        ? window.linesBetween(range.first, range.last)
        : window.current !== undefined
          ? [window.current]
          : seen;
    if (lines.length === 0) return;
    const sequence = copySequence(lines.map(({ text }) => stripVTControlCharacters(text)).join("\n"));
    if (sequence === undefined) return this.#say("That is too much for the terminal's clipboard", "warning");
    effects.send(sequence);
    this.#say(`Copied ${lines.length} ${lines.length === 1 ? "line" : "lines"}`, "good");
  }

  #quit(): void {
    const { status, owned, effects, run } = this.#options;
    const count = status.active().length;
    if (status.state() === "Stopped" || (owned && count === 0)) {
      if (owned) effects.interrupt();
      else effects.leave();
      return;
    }
    const resources = `${count} ${count === 1 ? "resource" : "resources"}`;
    if (!owned) {
      this.#source.dialog = createQuestion("Leave? The run goes on.", {
        y: { label: "leave", run: () => effects.leave() },
        s: {
          label: "stop the run",
          run: () =>
            void run
              .stop({ reason: "asked in the terminal" })
              .catch((error: unknown) => this.#say((error as Error).message, "error")),
        },
      });
    } else if (status.state() === "Stopping") {
      this.#source.dialog = createQuestion(`Kill what is left of ${resources}?`, {
        y: { label: "kill", run: () => effects.interrupt() },
      });
    } else {
      this.#source.dialog = createQuestion(`Stop ${resources} and quit?`, {
        y: { label: "stop and quit", run: () => effects.interrupt() },
      });
    }
  }

  #pressMouse({ column, row }: MouseEvent): void {
    const targets = this.#frame?.targets;
    if (targets === undefined || targets.layout.kind === "too-small") return;
    const { layout, firstResource, resourceRows } = targets;
    // Header and title of a pane come first.
    const at = row - 2;
    if (layout.kind === "two-panes" && column < layout.left) {
      if (at < 0 || at >= resourceRows) return;
      this.#settings.cursor = firstResource + at;
      return this.#showLog(false);
    }
    const line = targets.log[at]?.line;
    this.#settings.chosen = line === undefined ? undefined : { anchor: line, end: line };
    // Or it would run away under the mouse.
    if (line !== undefined) this.#options.window.freeze();
  }

  #drag({ row }: MouseEvent): void {
    const { chosen } = this.#settings;
    const line = this.#frame?.targets.log[row - 2]?.line;
    if (chosen !== undefined && line !== undefined) this.#settings.chosen = { ...chosen, end: line };
  }

  #say(text: string, level: "info" | "good" | "warning" | "error"): void {
    this.#options.status.say({ text, level });
  }
}
