import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostingError } from "../hosting-error.ts";
import { ensureDextFolder, stateUnusable } from "./dext-folder.ts";

/** Values of parameters that were generated or asked for, kept in `.dext/parameters.json` (readable by its owner only). */
export class ParameterStore {
  readonly #directory: string;
  readonly #values: Record<string, string>;

  private constructor(directory: string, values: Record<string, string>) {
    this.#directory = directory;
    this.#values = values;
  }

  static async open(directory: string): Promise<ParameterStore> {
    const path = join(directory, ".dext", "parameters.json");
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new ParameterStore(directory, {});
      throw stateUnusable(path, error);
    }
    return new ParameterStore(directory, parseValues(text, path));
  }

  get(name: string): string | undefined {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  /** Keeps values; the file is replaced as a whole. */
  async keep(values: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(values).length === 0) return;
    Object.assign(this.#values, values);
    const folder = await ensureDextFolder(this.#directory);
    const temporary = join(folder, `parameters.${randomUUID()}.tmp`);
    const document = { version: 1, values: this.#values };
    const path = join(folder, "parameters.json");
    try {
      await writeFile(temporary, `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
      await rename(temporary, path);
    } catch (error) {
      throw stateUnusable(path, error);
    }
  }
}

/** The file: `{ "version": 1, "values": { "cache-password": "…" } }`. */
function parseValues(text: string, path: string): Record<string, string> {
  try {
    const document = JSON.parse(text) as { version?: unknown; values?: unknown };
    const values = Object.entries(document.values as object);
    if (document.version === 1 && values.every(([, value]) => typeof value === "string"))
      return Object.fromEntries(values);
  } catch {
    // Told below, with what to do about it.
  }
  throw hostingError(
    "DEXT_RUN_PARAMETERS_BROKEN",
    `"${path}" does not hold the kept parameters that it should`,
    {
      hint: "It holds generated passwords: mend it by hand, or delete it together with the data in .dext/data that needs them.",
    },
  );
}
