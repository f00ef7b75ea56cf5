import { describe, expect, test } from "vitest";
import type { Command } from "../../../cli/src/command.ts";
import { parseCommandLine } from "../../../cli/src/parse-command-line.ts";

const command: Command = {
  usage: "",
  takesNames: true,
  options: {
    json: { type: "boolean", summary: "" },
    run: { type: "string", summary: "", short: "r" },
    inspect: { type: "string", summary: "", multiple: true },
  },
  run: () => Promise.resolve(0),
};

const parse = (...args: string[]) => parseCommandLine("test", { command, args });

describe("parseCommandLine", () => {
  test("gives names, flags, texts and lists, in any order", () => {
    const input = parse("api", "--inspect", "a", "--json", "-r", "x1", "--inspect=b", "web");
    expect(input.names).toEqual(["api", "web"]);
    expect([input.flag("json"), input.flag("help")]).toEqual([true, false]);
    expect([input.text("run"), input.text("inspect")]).toEqual(["x1", "b"]);
    expect(input.list("inspect")).toEqual(["a", "b"]);
    expect([input.text("nothing"), input.list("run")]).toEqual([undefined, ["x1"]]);
  });

  test("takes everything after -- as names", () => {
    expect(parse("--", "--json").names).toEqual(["--json"]);
  });

  test.each([
    [["--jsno"], "DEXT_CLI_OPTION_UNKNOWN"],
    [["--toString"], "DEXT_CLI_OPTION_UNKNOWN"],
    [["--__proto__"], "DEXT_CLI_OPTION_UNKNOWN"],
    [["-z"], "DEXT_CLI_OPTION_UNKNOWN"],
    [["--run"], "DEXT_CLI_OPTION_INVALID"],
    [["--run="], "DEXT_CLI_OPTION_INVALID"],
    [["--run", "--json"], "DEXT_CLI_OPTION_INVALID"],
    [["--json=true"], "DEXT_CLI_OPTION_INVALID"],
  ])("refuses %j with %s", (args, code) => {
    expect(() => parse(...args)).toThrow(expect.objectContaining({ code }));
  });

  test("takes a value that looks like an option where it is joined with =", () => {
    expect(parse("--run=-x").text("run")).toBe("-x");
  });

  test("refuses names where the command takes none", () => {
    const strict = { ...command, takesNames: false };
    expect(() => parseCommandLine("ps", { command: strict, args: ["api"] })).toThrow(
      expect.objectContaining({ code: "DEXT_CLI_ARGUMENT_UNEXPECTED" }),
    );
  });
});
