import { join } from "node:path";
import process from "node:process";
import { builtInGenerators, loadGenerators, plan } from "@dext/generators";
import type { Answers, Prompt } from "@dext/generators";
import type { Command, CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { askAboutConflict, askOnTerminal } from "../new/ask.ts";
import { carryOut } from "../new/carry-out.ts";
import { findRoot } from "../new/find-root.ts";
import { namedGenerator } from "../new/named-generator.ts";
import type { NamedGenerator } from "../new/named-generator.ts";
import { canAsk, conflictChoice, generateOptions, readAnswers } from "../new/plan-options.ts";
import { packageManagerVersion } from "../new/package-manager-version.ts";
import { promptAnswers, promptOptions } from "../new/prompt-options.ts";
import { findPackageSource } from "../new/vendor-packages.ts";

const options: Command["options"] = {
  ...generateOptions,
  "no-git": { type: "boolean", summary: "Make no git repository" },
};

/** `dext new` */
export const newCommand: Command = {
  usage: "<what> [name] [options]",
  takesNames: true,
  options,
  async refine(args) {
    const named = await namedGenerator(args, options);
    return named === undefined ? overview() : commandFor(named);
  },
  run() {
    throw nothingNamed([]);
  },
};

/** `dext new` alone: what there is to make, also by the generators of this repository. */
async function overview(): Promise<Command> {
  // Help is given also where they cannot be loaded.
  const own = await loadGenerators(findRoot()).catch(() => []);
  const all = [...builtIn, ...own];
  const width = Math.max(...all.map(({ name }) => name.length));
  const lines = all.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`);
  return {
    ...newCommand,
    notes: [
      "What there is to make:",
      ...lines,
      "",
      "dext new <what> --help lists the options that answer its questions. dext.generators.ts and a plopfile add to the",
      "list; dext new generator begins one. dext undo takes back what was generated last.",
    ],
    run() {
      throw nothingNamed(lines);
    },
  };
}

function nothingNamed(lines: readonly string[]): Error {
  return cliError("DEXT_CLI_ARGUMENT_MISSING", "dext new must be told what to make", {
    hint: ["dext new <what>, which is one of", ...lines].join("\n"),
  });
}

/** `dext new <what>`, with an option for each question of the generator. */
function commandFor({ definition, prompts }: NamedGenerator): Command {
  const named = nameless(prompts) === undefined ? "" : " [name]";
  return {
    usage: `${definition.name}${named} [options]`,
    summary: definition.description,
    takesNames: true,
    options: { ...promptOptions(prompts, options), ...options },
    async run(input) {
      const given = readAnswersOf(input, prompts);
      const ask = canAsk(input) ? askOnTerminal : undefined;
      const what = definition.name;
      const answers = what === "app" ? await nameApp(given, { ask, input }) : given;
      const change = await plan(what, answers, {
        target: what === "app" ? appTarget(answers) : findRoot(),
        file: await readAnswers(input),
        onConflict: conflictChoice(input) ?? (ask === undefined ? "abort" : askAboutConflict),
        ...(makesRoot.has(what) ? { detected: detectedOnMachine } : {}),
        ...(ask === undefined ? {} : { ask }),
      });
      return carryOut(change, input);
    },
  };
}

/** What this machine tells about the answers of the generators that make a root. */
const detectedOnMachine: Answers = {
  vendored: () => findPackageSource().kind !== "registry",
  packageManagerVersion: ({ packageManager }: Answers) => packageManagerVersion(String(packageManager)),
};

/** Generators by which a repository gets the packages of Dext. */
const makesRoot: ReadonlySet<string> = new Set(["app", "apphost"]);

const builtIn = builtInGenerators.filter(({ name }) => !["eject", "resource"].includes(name));

/** The answers that the command line gives: options, and a name behind the generator's. */
function readAnswersOf(input: CommandInput, prompts: readonly Prompt[]): Answers {
  const [what, positional, unexpected] = input.names;
  const answers = promptAnswers(prompts, { input, reserved: options });
  if (positional === undefined) return answers;
  const prompt = nameless(prompts);
  if (unexpected !== undefined || prompt === undefined) {
    const message =
      prompt === undefined
        ? `dext new ${what} takes no name, given: "${positional}"`
        : `dext new takes one name, given too: "${unexpected}"`;
    throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", message, { hint: `Run: dext new ${what} --help` });
  }
  return { ...answers, [prompt.name]: positional };
}

/** The prompt that a name without an option answers: that for the name, else the first for a text. */
function nameless(prompts: readonly Prompt[]): Prompt | undefined {
  const texts = prompts.filter(({ type, default: standard }) => type === "text" && standard === undefined);
  return texts.find(({ name }) => name === "name") ?? texts[0];
}

/** The name of an app says where it goes, so it is asked for before everything else. */
async function nameApp(
  given: Answers,
  { ask, input }: { ask: typeof askOnTerminal | undefined; input: CommandInput },
): Promise<Answers> {
  if (given["name"] !== undefined) return given;
  const fromFile = (await readAnswers(input))["name"];
  if (fromFile !== undefined) return { ...given, name: fromFile };
  if (ask === undefined) return given;
  const prompt = namePrompt();
  const name = await ask({
    name: "name",
    type: "text",
    message: prompt?.message ?? "",
    choices: [],
    initial: undefined,
    validate: (value) => (isAppName(value) ? undefined : String(prompt?.validate?.(value, {}))),
  });
  if (name !== undefined) return { ...given, name };
  throw cliError("DEXT_CLI_INTERRUPTED", 'The questions were ended at "name"', {
    hint: "Nothing was written.",
  });
}

function appTarget({ name }: Answers): string {
  // A name that is none is refused by the plan.
  return isAppName(name) ? join(process.cwd(), name) : process.cwd();
}

function isAppName(value: unknown): value is string {
  return typeof value === "string" && namePrompt()?.validate?.(value, {}) === true;
}

function namePrompt(): Prompt | undefined {
  return builtIn.find(({ name }) => name === "app")?.prompts?.find(({ name }) => name === "name");
}
