import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDextError } from "@dext/core";
import { builtInGenerators, commit, plan } from "@dext/generators";
import { builtInTemplates } from "@dext/templates";
import { describe, expect, it } from "vitest";
import { compileTemplate } from "../../../../generators/src/templates/render-template.ts";
import { hostileValues } from "../../../fixtures/generators/hostile-values.ts";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";
import { shapeOf } from "../../../fixtures/generators/text-shape.ts";

const folder = fileURLToPath(builtInTemplates);
/** That of `apphost` writes code from what was found on disk, and is given code. */
const templates = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith("ejs") && !path.startsWith("apphost/"))
  .toSorted();

/** Every text that a template can be given; a validated answer is held to no more here than any other. */
const plainTexts = {
  name: "sample",
  client: "sample",
  packageName: "@shop/sample",
  variable: "SAMPLE_URI",
  testModule: "vitest",
  types: "node",
  spanKind: "internal",
  description: "A sample",
  packageManager: "npm",
  strictInstall: "npm ci",
  version: "12.21.0",
};
const choices = { usesDeno: true, usesBun: true, vendored: true };

describe.each(templates)("the template %s", (path) => {
  const name = path.replace(/\.ejs$/, "");
  const compiled = compileTemplate({ name: path, text: readFileSync(folder + path, "utf8") });
  const render = (texts: Record<string, string>): string =>
    compiled.render({ ...choices, overrides: { [texts["name"] ?? ""]: texts["packageName"] }, ...texts });

  it.each(Object.keys(plainTexts) as (keyof typeof plainTexts)[])(
    "takes a hostile %s as data, or refuses it",
    (key) => {
      const plain = plainTexts[key];
      const usual = shapeOf(name, render(plainTexts));
      for (const hostile of hostileValues) {
        const values = usual.values.map((value) =>
          oneOf(
            value,
            value.replaceAll(plain, () => hostile),
          ),
        );
        expect([{ parts: usual.parts, values }, "refused"]).toContainEqual(
          outcome(name, () => render({ ...plainTexts, [key]: hostile })),
        );
      }
    },
  );
});

function outcome(name: string, render: () => string): unknown {
  try {
    return shapeOf(name, render());
  } catch (error) {
    const { cause } = error as Error;
    return isDextError(cause) && cause.code === "DEXT_GENERATE_VALUE_UNQUOTABLE" ? "refused" : error;
  }
}

/** A text of the template itself can have the plain value in it by chance. */
function oneOf(...values: string[]): unknown {
  return expect.toSatisfy((given: unknown) => values.includes(String(given)));
}

/** What makes each generator run with nothing more. */
const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  app: { name: "other" },
  service: { name: "mail" },
  component: { name: "billing", to: "api", url: "https://billing.example.com" },
  resource: { resource: "redis", name: "cache", to: "api" },
  generator: { name: "note" },
};

const questions = builtInGenerators.flatMap(({ name: generator, prompts = [] }) =>
  answers[generator] === undefined ? [] : prompts.map(({ name }) => ({ generator, prompt: name })),
);

describe("a hostile answer of an answers file", () => {
  it.each(questions)(
    "to $prompt of $generator is refused, or ends as data",
    async ({ generator, prompt }) => {
      const target = await targetFolder({}, { inMemory: true });
      const options = { target, templates: { userFolder: "/no/such/folder" }, generators: builtInGenerators };
      if (generator !== "app") await commit(await plan("app", { name: "shop" }, options));
      const before = snapshot(target);
      const usual = await shapes(generator, { ...options, file: answers[generator] ?? {} });
      for (const hostile of hostileValues) {
        const file = { ...answers[generator], [prompt]: hostile };
        const made = await shapes(generator, { ...options, file }).then(
          (each) => renamed(each, { from: hostile, to: answers[generator]?.["name"] }),
          refusal,
        );
        expect([usual, "refused"]).toContainEqual(made);
      }
      expect(snapshot(target)).toEqual(before);
    },
  );
});

function refusal(error: unknown): unknown {
  return isDextError(error) && /_(?:ANSWER_INVALID|VALUE_UNQUOTABLE)$/.test(error.code) ? "refused" : error;
}

/** Some are names, too, such as `null`: then they name files. */
function renamed(
  made: Record<string, readonly string[]>,
  { from, to }: { from: string; to: unknown },
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(made).map(([path, parts]) => [
      path.replaceAll(`/${from}`, `/${String(to)}`).replaceAll(`-${from}`, `-${String(to)}`),
      parts,
    ]),
  );
}

/** Path → what it is made of, of all files that a generator wants. */
async function shapes(
  generator: string,
  options: Parameters<typeof plan>[2],
): Promise<Record<string, readonly string[]>> {
  const { operations } = await plan(generator, {}, options);
  return Object.fromEntries(
    operations.flatMap((each) =>
      each.kind === "delete" ? [] : [[each.path, shapeOf(each.path, each.after.contents).parts] as const],
    ),
  );
}
