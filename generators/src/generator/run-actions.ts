import { generatorError } from "../generator-error.ts";
import type { Action, Answers, GeneratorContext, GeneratorDefinition } from "./definition.ts";
import type { Draft } from "./draft.ts";
import { generatorFailure } from "./generator-failure.ts";

/** An action type as node-plop calls it. */
export type PlopAction = (
  answers: Answers,
  action: Record<string, unknown>,
  plop: unknown,
) => string | Promise<string>;

/** What node-plop's runner asks of the plopfile. */
export interface PlopRunnerApi {
  getActionTypeList(): string[];
  getActionType(name: string): PlopAction | undefined;
}

/**
 * Runs a generator's actions through node-plop's runner, and then its code. Everything ends up in the draft.
 *
 * @throws DextError what an action throws; `DEXT_GENERATE_GENERATOR_FAILED` for any other error of the generator
 */
export async function runGenerator(
  definition: GeneratorDefinition,
  { draft, context }: { draft: Draft; context: GeneratorContext },
): Promise<void> {
  const { name } = definition;
  try {
    const actions =
      typeof definition.actions === "function"
        ? await definition.actions(context)
        : (definition.actions ?? []);
    if (!Array.isArray(actions)) throw invalidActions(name);
    if (actions.length > 0) await runActions(name, { actions: actions as Action[], draft, context });
    await definition.plan?.(draft, context);
  } catch (error) {
    throw generatorFailure(name, error);
  }
}

/**
 * Runs prepared actions with node-plop. Its own action types write to the disk at once and win over ours of the same
 * name, so ours go by other names; it reports a failure as text and carries on, so the error itself is kept here.
 */
export async function runWithPlop(
  name: string,
  {
    actions,
    types,
    answers,
    plop = {},
  }: {
    actions: readonly Record<string, unknown>[];
    types: ReadonlyMap<string, PlopAction>;
    answers: Answers;
    plop?: object;
  },
): Promise<void> {
  let failure: { error: unknown } | undefined;
  const kept =
    (run: PlopAction): PlopAction =>
    async (data, action, api) => {
      try {
        return await run(data, action, api);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    };
  const api: PlopRunnerApi = {
    ...plop,
    getActionTypeList: () => [...types.keys()],
    getActionType: (type) => {
      const run = types.get(type);
      return run && kept(run);
    },
  };
  const runner = await loadRunner(api);
  // node-plop writes into actions and answers: it gets copies.
  const copies = actions.map((action) => ({ ...action, abortOnFail: true }));
  const { failures } = await runner.runGeneratorActions({ name, actions: copies }, { ...answers }, {});
  if (failure !== undefined) throw failure.error;
  const [first] = failures;
  if (first !== undefined) throw new Error(first.error);
}

interface PlopRunner {
  runGeneratorActions(
    generator: { name: string; actions: readonly object[] },
    answers: Record<string, unknown>,
    hooks: object,
  ): Promise<{ failures: readonly { error: string }[] }>;
}

/** The runner alone: node-plop as a whole loads inquirer and handlebars, which takes 200 ms and is needed by plopfiles only. */
async function loadRunner(api: PlopRunnerApi): Promise<PlopRunner> {
  const path: string = "node-plop/src/generator-runner.js";
  const { default: createRunner } = (await import(path)) as {
    default: (api: PlopRunnerApi, flags: { force: boolean }) => PlopRunner;
  };
  return createRunner(api, { force: false });
}

async function runActions(
  name: string,
  { actions, draft, context }: { actions: readonly Action[]; draft: Draft; context: GeneratorContext },
): Promise<void> {
  const types = draftActions(draft);
  const prepared = actions.map((action, index) => {
    const type = `dext:${action.type}`;
    if (types.has(type)) return { ...action, type };
    throw generatorError(
      "DEXT_GENERATE_GENERATOR_INVALID",
      `Action ${index + 1} of "${name}" has the unknown type ${JSON.stringify(action.type)}`,
      { hint: `There are ${[...types.keys()].map((each) => `"${each.slice(5)}"`).join(", ")}.` },
    );
  });
  await runWithPlop(name, { actions: prepared, types, answers: context.answers });
}

/** Our action types, over a draft. */
function draftActions(draft: Draft): Map<string, PlopAction> {
  type Kind<Name extends Action["type"]> = Extract<Action, { type: Name }>;
  const types = new Map<string, PlopAction>();
  const define = <Name extends Action["type"]>(type: Name, run: (action: Kind<Name>) => void): void => {
    types.set(`dext:${type}`, (_answers, action) => {
      run(action as unknown as Kind<Name>);
      return type;
    });
  };
  define("add", (action) => draft.add(action));
  define("add-tree", (action) => draft.addTree(action));
  define("modify", (action) => draft.modify(action));
  define("append", (action) => draft.append(action));
  define("json-edit", (action) => draft.editJson(action));
  define("apphost", (action) => draft.editAppHost(action));
  define("edit", (action) => draft.edit(action));
  define("delete", ({ path }) => draft.delete(path));
  define("follow-up", ({ step }) => draft.followUp(step));
  return types;
}

function invalidActions(name: string): Error {
  return generatorError("DEXT_GENERATE_GENERATOR_INVALID", `The actions of "${name}" are no list`);
}
