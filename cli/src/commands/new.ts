import { join } from "node:path";
import process from "node:process";
import { builtInGenerators, plan } from "@dext/generators";
import type { Answers, GeneratorDefinition } from "@dext/generators";
import type { Command, CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { askAboutConflict, askOnTerminal } from "../new/ask.ts";
import { carryOut } from "../new/carry-out.ts";
import { findRoot } from "../new/find-root.ts";
import { canAsk, conflictChoice, generateOptions, readAnswers } from "../new/plan-options.ts";
import { findPackageSource } from "../new/vendor-packages.ts";

/** `dext new` */
export const newCommand: Command = {
  usage: "<what> [name] [options]",
  takesNames: true,
  options: {
    name: { type: "string", value: "<name>", summary: "The name, if it does not stand behind <what>" },
    runtime: { type: "string", value: "<runtime>", summary: "What runs the service: node, deno, bun" },
    kind: { type: "string", value: "<kind>", summary: "What the service is: api, worker, plain" },
    "package-manager": {
      type: "string",
      value: "<name>",
      summary: "npm, pnpm, yarn, bun; detected where there is one",
    },
    openapi: { type: "boolean", summary: "Have a web API describe itself at /openapi.json" },
    "no-openapi": { type: "boolean", summary: "Have it describe nothing, and do not ask" },
    ...generateOptions,
    "no-git": { type: "boolean", summary: "Make no git repository" },
  },
  notes: [
    "dext new app <name> makes a repository that runs at once, dext new service <name> a service in this one,",
    "wired into its AppHost. Generators in dext.generators.ts or a plopfile are called by their names; --answers",
    "gives their answers. dext new dockerfile [path…] is dext dockerfile, with its options. dext undo takes back what",
    "was generated last.",
  ],
  async run(input) {
    const { what, given } = readNames(input);
    const ask = canAsk(input) ? askOnTerminal : undefined;
    const answers = what === "app" ? await nameApp(given, { ask, input }) : given;
    const target = what === "app" ? appTarget(answers) : findRoot();
    const file = await readAnswers(input);
    const change = await plan(what, answers, {
      target,
      file,
      onConflict: conflictChoice(input) ?? (ask === undefined ? "abort" : askAboutConflict),
      ...(what === "app" ? { detected: { vendored: findPackageSource().kind !== "registry" } } : {}),
      ...(ask === undefined ? {} : { ask }),
    });
    return carryOut(change, input);
  },
};

/** What is to be made, and the answers that the command line gives. */
function readNames(input: CommandInput): { what: string; given: Answers } {
  const [what, positional, unexpected] = input.names;
  if (what === undefined) {
    throw cliError("DEXT_CLI_ARGUMENT_MISSING", "dext new must be told what to make", {
      hint: `Such as ${builtIn.map(({ name }) => `dext new ${name} <name>`).join(", ")}.`,
    });
  }
  if (unexpected !== undefined) {
    throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", `dext new takes one name, given too: "${unexpected}"`, {
      hint: "Run: dext new --help",
    });
  }
  const given = {
    name: positional ?? input.text("name"),
    runtime: input.text("runtime"),
    kind: input.text("kind"),
    packageManager: input.text("package-manager"),
    openapi: input.flag("openapi") ? true : input.flag("no-openapi") ? false : undefined,
  };
  return {
    what,
    given: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

const builtIn = builtInGenerators.filter(({ name }) => !["eject", "resource", "dockerfile"].includes(name));

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

function namePrompt(): NonNullable<GeneratorDefinition["prompts"]>[number] | undefined {
  return builtIn.find(({ name }) => name === "app")?.prompts?.find(({ name }) => name === "name");
}
