import { isDextError } from "@dext/core";
import type { NoticeEvent } from "@dext/protocol";
import type { LoadedDefinition } from "./loaded-definition.ts";

/** Tells whoever looks at a run what happens to its configurations, each thing once. */
export class ConfigurationNotices {
  readonly #notify: (notice: NoticeEvent["data"]) => void;
  /** Definition → source → the state that was told of it last. */
  readonly #told = new Map<LoadedDefinition, ReadonlyMap<string, string>>();

  constructor(notify: (notice: NoticeEvent["data"]) => void) {
    this.#notify = notify;
  }

  /** Says what has become wrong with the sources of a definition, and what is well again. */
  tellProblems(definition: LoadedDefinition): void {
    const before = this.#told.get(definition) ?? new Map<string, string>();
    const problems = definition.problems();
    const users = definition.resources.map((name) => `"${name}"`).join(", ");
    this.#told.set(definition, new Map(problems.map(({ source, state }) => [source, state])));
    for (const { source, state, message } of problems) {
      // One that was stale and will not be tried again is news, another message of the same state is not.
      if (before.get(source) === state) continue;
      const kept = state === "STALE" || state === "INVALID" ? ". The last good values stay in use" : "";
      this.tell(
        "warning",
        `The configuration of ${users}: ${source} ${be(source)} ${state}: ${message}${kept}`,
      );
    }
    for (const source of before.keys()) {
      if (problems.some((each) => each.source === source)) continue;
      this.tell("info", `The configuration of ${users}: ${source} ${be(source)} well again`);
    }
  }

  tell(level: NoticeEvent["data"]["level"], message: string, error?: Error): void {
    const code = isDextError(error) ? { code: error.code } : {};
    const hint = isDextError(error) && error.hint !== undefined ? { hint: error.hint } : {};
    this.#notify({ level, message, ...code, ...hint });
  }
}

/** `values` are all that the sources hold, anything else is one source. */
function be(source: string): string {
  return source === "values" ? "are" : "is";
}
