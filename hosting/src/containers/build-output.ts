import { BuildTrace } from "./buildkit-trace.ts";

/** One line of the answer to a build, of either builder. */
export interface BuildEvent {
  id?: string;
  stream?: string;
  error?: string;
  errorDetail?: { message?: string };
  /** Base64 for `moby.buildkit.trace`. */
  aux?: { ID?: string } | string;
}

/** What either builder tells, as lines. */
export class BuildOutput {
  isBuilt = false;
  readonly #onLine: (line: string) => void;
  readonly #trace: BuildTrace = new BuildTrace();
  readonly #lines: BuildLines;
  /** BuildKit runs steps side by side. */
  readonly #linesOfSteps: Map<string, BuildLines> = new Map();

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
    this.#lines = new BuildLines(onLine);
  }

  push({ id, stream, aux }: BuildEvent): void {
    if (stream !== undefined) this.#lines.push(stream);
    this.isBuilt ||= stream?.startsWith("Successfully ") === true;
    if (typeof aux === "object") this.isBuilt ||= aux.ID !== undefined;
    else if (aux !== undefined && id === "moby.buildkit.trace") this.#pushTrace(aux);
  }

  #pushTrace(aux: string): void {
    for (const event of this.#trace.read(aux)) {
      if (event.kind === "step") {
        const { name, isCached } = event;
        if (!name.startsWith("[internal]") && !/^(?:copy|mkdir) /.test(name))
          this.#onLine(`${name}${isCached ? " (cached)" : ""}`);
        continue;
      }
      const lines = this.#linesOfSteps.get(event.step) ?? new BuildLines(this.#onLine);
      this.#linesOfSteps.set(event.step, lines);
      lines.push(event.text);
    }
  }

  end(): void {
    for (const lines of [this.#lines, ...this.#linesOfSteps.values()]) lines.end();
  }
}

/** The engine cuts its text anywhere. */
class BuildLines {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.#onLine(line.trimEnd());
  }

  end(): void {
    if (this.#rest.trim() !== "") this.#onLine(this.#rest.trimEnd());
    this.#rest = "";
  }
}
