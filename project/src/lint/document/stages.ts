import { expandWord } from "./expand.ts";
import type { VariableLookup } from "./expand.ts";
import { readImageReference } from "./image-reference.ts";
import type { ImageReference } from "./image-reference.ts";
import { flagValue } from "./instruction.ts";
import type { DockerInstruction } from "./instruction.ts";
import type { DockerWord } from "./words.ts";

/** A stage: a `FROM` and what follows it. */
export interface Stage {
  index: number;
  /** As written after `AS`. */
  name?: string;
  nameWord?: DockerWord;
  from: DockerInstruction;
  /** What it is built on, as written. */
  baseWord?: DockerWord;
  /** What it is built on with the defaults of the arguments; nothing when that cannot be known. */
  base?: ImageReference;
  /** The stage that it is built on. */
  parent?: Stage;
  /** Without the `FROM`. */
  instructions: DockerInstruction[];
}

/** Opens a stage. */
export function openStage(
  from: DockerInstruction,
  options: { stages: readonly Stage[]; lookup: VariableLookup; escape: string },
): Stage {
  const [baseWord, keyword, nameWord] = from.words;
  const named = keyword?.value.toUpperCase() === "AS" && nameWord !== undefined;
  const text = baseWord && knownText(baseWord.raw, options);
  const parent = text === undefined ? undefined : findStage(options.stages, text);
  return {
    index: options.stages.length,
    from,
    instructions: [],
    ...(named ? { name: nameWord.value, nameWord } : {}),
    ...(baseWord === undefined ? {} : { baseWord }),
    ...(text === undefined || text === "" ? {} : { base: readImageReference(text) }),
    ...(parent === undefined ? {} : { parent }),
  };
}

/** A word with its variables put in; nothing when one has no value that is known. */
function knownText(raw: string, options: { lookup: VariableLookup; escape: string }): string | undefined {
  const { value, uses } = expandWord(raw, options.lookup, options);
  const known = uses.every(({ name, guarded }) => guarded || typeof options.lookup(name) === "string");
  return known ? value : undefined;
}

/** The stage of a name; names are told apart without case. */
export function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.findLast(
    (stage) => stage.name !== undefined && stage.name.toLowerCase() === name.toLowerCase(),
  );
}

/** The stage that a `--from` or a mount means: by name, or by number. */
export function referredStage(stages: readonly Stage[], reference: string): Stage | undefined {
  return findStage(stages, reference) ?? (/^\d+$/.test(reference) ? stages[Number(reference)] : undefined);
}

/** A stage and those that it is built on, itself first. */
export function stageChain(stage: Stage): Stage[] {
  const chain: Stage[] = [];
  for (let current: Stage | undefined = stage; current !== undefined; current = current.parent)
    chain.push(current);
  return chain;
}

/** What is done in a stage and those that it is built on, in the order in which it is done. */
export function chainInstructions(stage: Stage): DockerInstruction[] {
  return stageChain(stage)
    .toReversed()
    .flatMap(({ instructions }) => instructions);
}

/** Whether the last stage that the chain begins with is built on nothing. */
export function isFromScratch(stage: Stage): boolean {
  return stageChain(stage).at(-1)?.base?.text === "scratch";
}

/** Whether a stage may be built on another one that only the build can tell: `FROM build-${TARGETARCH}`. */
export function mayHaveParent({ base, baseWord }: Stage): boolean {
  return base === undefined && !/[:/@]/.test(baseWord?.raw.replaceAll(/\$\{[^}]*\}/g, "") ?? "");
}

/** Whether the image is one of Windows, whose shell is none of ours. */
export function isWindows(stage: Stage): boolean {
  return stageChain(stage).some(
    ({ base, from }) =>
      /windows|nanoserver|servercore|dotnet\/framework\//i.test(base?.text ?? "") ||
      flagValue(from, "platform")?.startsWith("windows") === true,
  );
}
