import type { ConfigurationProblem, NoticeEvent } from "@dext/protocol";
import { describe, expect, it } from "vitest";
import { ConfigurationNotices } from "../../../../hosting/src/configuration/configuration-notices.ts";
import { LoadedDefinition } from "../../../../hosting/src/configuration/loaded-definition.ts";

class TroubledDefinition extends LoadedDefinition {
  state: ConfigurationProblem["state"] | undefined;

  override get resources(): readonly string[] {
    return ["api"];
  }

  override problems(): readonly ConfigurationProblem[] {
    const { state } = this;
    return state === undefined
      ? []
      : [{ source: "consul shop/", state, message: `it is ${state}`, since: 0 }];
  }
}

describe("what is told of a source", () => {
  it("is told once for each state, and when it is well again", () => {
    const told: NoticeEvent["data"][] = [];
    const notices = new ConfigurationNotices((notice) => told.push(notice));
    const definition = new TroubledDefinition({
      uses: [],
      directory: ".",
      environment: "test",
      variables: () => ({}),
      onEvent: () => undefined,
    });
    for (const state of [undefined, "STALE", "STALE", "FATAL", "FATAL", undefined, undefined] as const) {
      definition.state = state;
      notices.tellProblems(definition);
    }
    const of = `The configuration of "api": consul shop/ is`;
    expect(told.map(({ message }) => message)).toEqual([
      `${of} STALE: it is STALE. The last good values stay in use`,
      `${of} FATAL: it is FATAL`,
      `${of} well again`,
    ]);
  });
});
