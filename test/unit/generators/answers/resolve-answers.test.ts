import type { Ask, Prompt, Question } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { flagOf, resolveAnswers } from "../../../../generators/src/answers/resolve-answers.ts";

const text = (name: string, more: Partial<Prompt> = {}): Prompt => ({
  name,
  type: "text",
  message: name,
  ...more,
});
const prompts = [text("a", { default: "default" })];

describe("an answer", () => {
  it("comes from flags before the file, saved answers, what is detected, and the default", async () => {
    const sources = {
      flags: { a: "flag" },
      file: { a: "file" },
      saved: { a: "saved" },
      detected: { a: "detected" },
    };
    const got: unknown[] = [];
    for (const source of ["flags", "file", "saved", "detected", "default"] as const) {
      got.push((await resolveAnswers(prompts, sources))["a"]);
      if (source !== "default") delete (sources as Partial<typeof sources>)[source];
    }
    expect(got).toEqual(["flag", "file", "saved", "detected", "default"]);
  });

  it("is asked for only when no source has it", async () => {
    const asked: string[] = [];
    const ask = ({ name }: Question): Promise<string> => {
      asked.push(name);
      return Promise.resolve("asked");
    };
    expect(await resolveAnswers([...prompts, text("b")], { ask })).toEqual({ a: "default", b: "asked" });
    expect(asked).toEqual(["b"]);
  });

  it("is asked for with a proposal where the prompt wants that", async () => {
    const proposed: unknown[] = [];
    const ask = ({ initial }: Question): Promise<unknown> => {
      proposed.push(initial);
      return Promise.resolve(initial);
    };
    const propose = [text("a", { default: "default", propose: true })];
    expect(await resolveAnswers(propose, { ask })).toEqual({ a: "default" });
    expect(await resolveAnswers(propose, { ask, detected: { a: "detected" } })).toEqual({ a: "detected" });
    expect(await resolveAnswers(propose, { ask, saved: { a: "saved" } })).toEqual({ a: "saved" });
    expect(await resolveAnswers(propose, {})).toEqual({ a: "default" });
    expect(proposed).toEqual(["default"]);
  });

  it("that is missing is named with all others that are, and their flags", async () => {
    const many = [
      text("name"),
      text("packageManager"),
      text("x", { optional: true }),
      text("y", { when: (a) => String(a["name"]).length > 3 }),
    ];
    await expect(resolveAnswers(many, {})).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWERS_MISSING",
      message: expect.stringMatching(/"name", "packageManager"/) as string,
      hint: expect.stringContaining("--name <value> --package-manager <value>") as string,
    });
  });

  it("of text becomes what the prompt takes", async () => {
    const typed: Prompt[] = [
      { name: "on", type: "confirm", message: "" },
      { name: "port", type: "number", message: "" },
      { name: "kind", type: "select", message: "", choices: ["api", { value: "worker", label: "A worker" }] },
      { name: "extras", type: "multiselect", message: "", choices: ["a", "b"] },
    ];
    expect(
      await resolveAnswers(typed, { flags: { on: "no", port: "80", kind: "worker", extras: "b, a" } }),
    ).toEqual({ on: false, port: 80, kind: "worker", extras: ["b", "a"] });
    for (const flags of [{ on: "perhaps" }, { port: "8o" }, { kind: "cron" }, { extras: "a,c" }]) {
      const name = Object.keys(flags)[0];
      await expect(
        resolveAnswers(
          typed.filter((each) => each.name === name),
          { flags },
        ),
      ).rejects.toMatchObject({
        code: "DEXT_GENERATE_ANSWER_INVALID",
        message: expect.stringContaining(`--${name ?? ""} is`) as string,
      });
    }
  });

  it("is filtered and checked, wherever it comes from", async () => {
    const checked = [
      text("a", {
        filter: (value) => String(value).trim(),
        validate: (value) => value !== "bad" || "wanted a good one",
      }),
    ];
    expect(await resolveAnswers(checked, { file: { a: " x " } })).toEqual({ a: "x" });
    for (const source of ["flags", "file", "detected"]) {
      await expect(resolveAnswers(checked, { [source]: { a: " bad" } })).rejects.toThrowError(
        "wanted a good one",
      );
    }
    // What was saved has been filtered.
    await expect(resolveAnswers(checked, { saved: { a: "bad" } })).rejects.toThrowError("wanted a good one");
    const faults: unknown[] = [];
    const ask = ({ validate }: Question): Promise<string> => {
      faults.push(validate("bad"), validate(""), validate("x"));
      return Promise.resolve("x");
    };
    await resolveAnswers(checked, { ask });
    expect(faults).toEqual(["wanted a good one", "wanted text", undefined]);
  });

  it("that was saved is not filtered a second time, whatever the filter has made of it", async () => {
    const filtered = [
      text("tags", { filter: (value) => String(value).split(",") }),
      text("path", { filter: (value) => `src/${String(value)}` }),
    ];
    const saved = await resolveAnswers(filtered, { flags: { tags: "a,b", path: "x" } });
    expect(saved).toEqual({ tags: ["a", "b"], path: "src/x" });
    expect(await resolveAnswers(filtered, { saved })).toEqual(saved);
  });

  it("of a flag that there is not, or that has no meaning, is refused", async () => {
    await expect(resolveAnswers(prompts, { flags: { b: 1 } })).rejects.toMatchObject({
      message: "--b is no answer of this generator",
      hint: "It takes --a.",
    });
    const conditional = [text("a"), text("b", { when: (answers) => answers["a"] === "yes" })];
    expect(await resolveAnswers(conditional, { flags: { a: "yes", b: "x" } })).toEqual({ a: "yes", b: "x" });
    await expect(resolveAnswers(conditional, { flags: { a: "no", b: "x" } })).rejects.toThrowError(
      "--b has no meaning beside the other answers",
    );
    expect(await resolveAnswers(conditional, { flags: { a: "no" }, saved: { b: "x" } })).toEqual({ a: "no" });
    await expect(resolveAnswers(conditional, { flags: { b: "x" } })).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWERS_MISSING",
    });
  });

  it("of several that was saved keeps what is still there, and is proposed again", async () => {
    const several: Prompt = {
      name: "tags",
      type: "multiselect",
      message: "",
      choices: ["a", "b"],
      propose: true,
    };
    const saved = { tags: ["a", "gone"] };
    expect(await resolveAnswers([several], { saved })).toEqual({ tags: ["a"] });
    const asked: unknown[] = [];
    const ask: Ask = (question) => {
      asked.push(question.initial);
      return Promise.resolve(["a", "b"]);
    };
    expect(await resolveAnswers([several], { saved, ask })).toEqual({ tags: ["a", "b"] });
    expect(asked).toEqual([["a"]]);
  });

  it("is not taken from the prototype", async () => {
    await expect(resolveAnswers([text("constructor")], {})).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWERS_MISSING",
    });
  });

  it("that a person refuses to give ends everything", async () => {
    for (const ask of [abort, () => Promise.resolve(undefined)]) {
      await expect(resolveAnswers([text("b")], { ask })).rejects.toMatchObject({
        code: "DEXT_GENERATE_CANCELLED",
      });
    }
    await expect(resolveAnswers([text("b")], { ask: broken })).rejects.toThrowError("broken terminal");
  });

  it("of a password is not shown in an error", async () => {
    const secret: Prompt = { name: "token", type: "password", message: "", validate: () => "too short" };
    await expect(resolveAnswers([secret], { flags: { token: "hunter2" } })).rejects.toThrowError(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") as string }),
    );
  });
});

it("a flag is the answer's name with hyphens", () => {
  expect(flagOf("packageManager")).toBe("--package-manager");
});

function abort(): Promise<never> {
  return Promise.reject(new DOMException("ended", "AbortError"));
}

function broken(): Promise<never> {
  return Promise.reject(new Error("broken terminal"));
}
