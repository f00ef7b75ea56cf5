import type { DockerfileDocument } from "./document/dockerfile-document.ts";
import { expandWord } from "./document/expand.ts";
import type { DockerInstruction } from "./document/instruction.ts";
import { lookupIn } from "./document/scope.ts";
import { chainInstructions, isWindows } from "./document/stages.ts";
import type { Stage } from "./document/stages.ts";
import type { DockerWord } from "./document/words.ts";
import type { LintSettings } from "./lint-options.ts";
import type { RuleContext } from "./rule.ts";
import { readRun } from "./shell/shell-script.ts";
import type { ShellScript } from "./shell/shell-script.ts";

/** Makes what rules look at; every `RUN` is read once. */
export function createRuleContext(document: DockerfileDocument, settings: LintSettings): RuleContext {
  const scripts = new Map<DockerInstruction, ShellScript>();
  return {
    document,
    settings,
    script(run) {
      const script = scripts.get(run) ?? (hasPosixShell(document, run) ? readSafely(run) : unreadable);
      scripts.set(run, script);
      return script;
    },
  };
}

/** Every instruction with one of the keywords, also those that an `ONBUILD` runs. */
export function instructionsOf(
  { document }: RuleContext,
  ...keywords: readonly string[]
): DockerInstruction[] {
  return document.instructions
    .flatMap((instruction) =>
      instruction.trigger === undefined ? [instruction] : [instruction, instruction.trigger],
    )
    .filter(({ keyword }) => keywords.includes(keyword));
}

/** A `RUN` and what it does. */
export interface RunStep {
  run: DockerInstruction;
  script: ShellScript;
}

/** Every `RUN`, also those of an `ONBUILD`. */
export function runSteps(context: RuleContext): RunStep[] {
  return instructionsOf(context, "RUN").map((run) => ({ run, script: context.script(run) }));
}

/** The stage that is built when no other is asked for. */
export function lastStage({ document }: RuleContext): Stage | undefined {
  return document.stages.at(-1);
}

/** What ends up in the image: the instructions of the last stage and of those that it is built on. */
export function shippedInstructions(context: RuleContext): DockerInstruction[] {
  const stage = lastStage(context);
  if (stage === undefined) return [];
  return chainInstructions(stage).flatMap((one) => (one.trigger === undefined ? [one] : [one, one.trigger]));
}

/** The `RUN`s whose files end up in the image. */
export function shippedRunSteps(context: RuleContext): RunStep[] {
  return shippedInstructions(context)
    .filter(({ keyword }) => keyword === "RUN")
    .map((run) => ({ run, script: context.script(run) }));
}

/** What stands before an instruction in its stage and in those that the stage is built on. */
export function instructionsBefore(instruction: DockerInstruction): DockerInstruction[] {
  const { stage } = instruction;
  if (stage === undefined) return [];
  const own = stage.instructions.filter(({ start }) => start < instruction.start);
  return stage.parent === undefined ? own : [...chainInstructions(stage.parent), ...own];
}

/** A word with the variables that are known put in; nothing when one is not. */
export function knownValue(
  { document }: RuleContext,
  instruction: DockerInstruction,
  word: DockerWord,
): string | undefined {
  if (!word.raw.includes("$")) return word.value;
  const scope = document.scopeOf(instruction);
  const { value, uses } = expandWord(word.raw, lookupIn(scope), document);
  const known = uses.every(({ name, guarded }) => guarded || typeof scope.get(name) === "string");
  return known ? value : undefined;
}

/** Whether a cache or tmpfs mount of a `RUN` covers a path or lies in it; a relative path may be in any folder. */
export function hasMountOver({ flags }: DockerInstruction, path: string): boolean {
  return flags.some(({ name, value }) => {
    if (name !== "mount") return false;
    const fields = new Map(value.split(",").map((field) => splitField(field)));
    const given = fields.get("target") ?? fields.get("dst") ?? fields.get("destination") ?? "";
    const target = given.replace(/\/$/, "");
    const kind = fields.get("type");
    return (
      (kind === "cache" || kind === "tmpfs") &&
      (target.includes(path) || (target !== "" && within(path, target)) || endsInParent(target, path))
    );
  });
}

const unreadable: ShellScript = { commands: [], pipes: [], text: "" };

/** Reads a script; one that is nested deeper than the stack reaches is no script that anyone runs. */
function readSafely(run: DockerInstruction): ShellScript {
  try {
    return readRun(run);
  } catch (error) {
    if (error instanceof RangeError) return unreadable;
    throw error;
  }
}

function hasPosixShell(document: DockerfileDocument, run: DockerInstruction): boolean {
  if (document.comments.some(({ text }) => /^hadolint\s+shell\s*=\s*(?:pwsh|powershell|cmd)/i.test(text)))
    return false;
  const shell = instructionsBefore(run).findLast(({ keyword }) => keyword === "SHELL");
  const program = shell?.json?.[0]?.value;
  if (program !== undefined) return /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(program);
  return run.stage === undefined || !isWindows(run.stage);
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Whether `/home/app/.cache` is where a `.cache/pip` is. */
function endsInParent(target: string, path: string): boolean {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return !path.startsWith("/") && parent !== "" && target.endsWith(`/${parent}`);
}

function splitField(field: string): [string, string] {
  const equals = field.indexOf("=");
  return equals === -1 ? [field, ""] : [field.slice(0, equals), field.slice(equals + 1)];
}
