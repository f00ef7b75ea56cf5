import { describe, expect, it } from "vitest";

import { findMark, parseProcStat } from "../../../../hosting/src/processes/proc-table.ts";

const fields = "S 9191 9198 9190 0 -1 4194304 94 0 0 0 0 0 0 0 20 0 1 0 127166 2560000 347";

describe("A stat line", () => {
  it.each(["(sleep)", "(my program)", "(a) S 1 (b)", "(two\nlines)", "()"])(
    "is read with the name %j",
    (name) => {
      expect(parseProcStat(`9198 ${name} ${fields}\n`)).toMatchObject({
        pid: 9198,
        parent: 9191,
        group: 9198,
        session: 9190,
        isZombie: false,
        isStopped: false,
        startTime: expect.stringMatching(/^127166@[0-9a-f]+$/),
      });
    },
  );

  it.each(["Z", "X"])("in state %s means an ended process", (state) => {
    expect(parseProcStat(`9198 (sleep) ${fields.replace("S", state)}`)?.isZombie).toBe(true);
  });

  it.each(["", "9198", "9198 (sleep) S 1", "no process"])("that is cut off gives nothing: %j", (text) => {
    expect(parseProcStat(text)).toBeUndefined();
  });
});

describe("The mark in an environment", () => {
  it.each([
    ["first", "DEXT_RUN=abc12345\0PATH=/bin\0"],
    ["last", "PATH=/bin\0DEXT_RUN=abc12345\0"],
    ["last and not ended", "PATH=/bin\0DEXT_RUN=abc12345"],
    ["after the same text in a value", "TEXT=DEXT_RUN=other\0DEXT_RUN=abc12345\0"],
    ["after a longer name", "MY_DEXT_RUN=other\0DEXT_RUN=abc12345\0"],
  ])("is found when it stands %s", (_where, environment) => {
    expect(findMark(Buffer.from(environment))).toEqual({ runId: "abc12345" });
  });

  it("carries the number of the start", () => {
    expect(findMark(Buffer.from("DEXT_RUN=abc12345\0DEXT_START=12\0"))).toEqual({
      runId: "abc12345",
      start: 12,
    });
  });

  it.each(["", "PATH=/bin\0", "DEXT_RUN_ID=abc12345\0", "XDEXT_RUN=abc12345\0", "A=DEXT_RUN=abc12345\0"])(
    "is absent from %j",
    (environment) => {
      expect(findMark(Buffer.from(environment))).toBeUndefined();
    },
  );
});
