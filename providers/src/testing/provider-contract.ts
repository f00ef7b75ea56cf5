import assert from "node:assert/strict";
import { silentLogger, systemClock } from "@dext/core";
import { formatPath, leavesOf, loadConfig } from "../mod.ts";
import type { Config, ConfigEvent, ConfigLayer, ConfigProvider, LoadContext } from "../mod.ts";

/** Values that every source can hold: text below keys of lower case. */
export type SubjectValues = Readonly<Record<string, string>>;

/** One source under test, with what is needed to change it from outside. */
export interface ProviderSubject {
  readonly layer: ConfigLayer;
  /** What a load is surrounded by, where the provider takes its source from there: `directory`, `variables`, `args`. */
  readonly surroundings?: Partial<Pick<LoadContext, "directory" | "variables" | "args" | "environment">>;
  /** Makes the source hold these values and no others, at once. Absent: it cannot change. */
  readonly change?: (values: SubjectValues) => Promise<void>;
  /** Makes the source hold something that cannot be read. Absent: there is no such thing. */
  readonly damage?: () => Promise<void>;
  /** Takes the source away. Absent: it is always there. */
  readonly remove?: () => Promise<void>;
  /** Every value of it is a secret. */
  readonly secret?: boolean;
  /** Ends whatever the subject has started. */
  close(): Promise<void>;
}

/** A thing that every provider has to do, as a function that throws when it does not. */
export interface ProviderCase {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * What every provider of configuration has to do, as cases for any test framework.
 *
 * @param create makes a source that holds the given values; dots in keys nest. Called anew for each case.
 *
 * @example
 * ```ts
 * import { object } from "@dext/providers";
 * import { providerContract } from "@dext/providers/testing";
 *
 * const cases = providerContract((values) =>
 *   Promise.resolve({ layer: object({ ...values }), close: () => Promise.resolve() }),
 * );
 * for (const { run } of cases) await run();
 * ```
 */
export function providerContract(
  create: (values: SubjectValues) => Promise<ProviderSubject>,
): readonly ProviderCase[] {
  const caseOf = (name: string, check: (subject: ProviderSubject) => Promise<void>): ProviderCase => ({
    name,
    async run() {
      const subject = await create(first);
      try {
        await check(subject);
      } finally {
        await subject.close();
      }
    },
  });
  return [
    caseOf("gives what the source holds", holdsValues),
    caseOf("gives every value an origin of its provider with a place", originsHavePlaces),
    caseOf("gives the same for the same source", loadsAreEqual),
    caseOf("marks its secrets", secretsAreMarked),
    caseOf("fails when it is aborted", abortFails),
    caseOf("says undefined when the source is not there, and fails when it is broken", absentAndBroken),
    caseOf("tells of a change, and the values are those of afterwards", changesAreTold),
    caseOf("tells of a source that comes to be", appearanceIsTold),
    caseOf("tells nothing after it was closed", closeIsFinal),
    caseOf("can be closed twice over by two loads of the same layer", loadsAreIndependent),
  ];
}

const first: SubjectValues = { alpha: "one", beta: "two" };
const second: SubjectValues = { alpha: "three", gamma: "four" };

async function holdsValues(subject: ProviderSubject): Promise<void> {
  assert.deepEqual(await load(subject), first);
}

async function originsHavePlaces({ layer, ...subject }: ProviderSubject): Promise<void> {
  const loaded = await withProvider(layer, (provider) => provider.load(contextOf(subject)));
  assert(loaded !== undefined, "the source was not there");
  for (const { path, node } of leavesOf(loaded.tree)) {
    assert(node.origin.provider !== "", `${formatPath(path)} has no provider`);
    assert(node.origin.location !== "", `${formatPath(path)} has no place`);
  }
}

async function loadsAreEqual(subject: ProviderSubject): Promise<void> {
  const [one, other] = [await open(subject, false), await open(subject, false)];
  try {
    assert.deepEqual(one.value, other.value);
    assert.equal(one.hash, other.hash);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

async function secretsAreMarked(subject: ProviderSubject): Promise<void> {
  const config = await open(subject, false);
  try {
    for (const { path, secret } of config.explain("")) assert.equal(secret, subject.secret ?? false, path);
    if (subject.secret === true)
      assert(!JSON.stringify(config.value).includes("one"), "a secret was printed");
  } finally {
    await config.close();
  }
}

async function abortFails(subject: ProviderSubject): Promise<void> {
  const reason = new Error("given up");
  await assert.rejects(
    loadConfig({ layers: [subject.layer] }, { ...optionsOf(subject), signal: AbortSignal.abort(reason) }),
  );
}

async function absentAndBroken({ layer, remove, damage, ...subject }: ProviderSubject): Promise<void> {
  if (damage !== undefined) {
    await damage();
    await withProvider(layer, (provider) =>
      assert.rejects(Promise.resolve(provider.load(contextOf(subject)))),
    );
  }
  if (remove === undefined) return;
  await remove();
  const optional: ConfigLayer = { ...layer, optional: true };
  const config = await loadConfig({ layers: [optional] }, optionsOf({ layer, ...subject }));
  assert.deepEqual(config.value, {});
  await config.close();
  await assert.rejects(
    loadConfig({ layers: [{ ...layer, optional: false }] }, optionsOf({ layer, ...subject })),
  );
}

async function changesAreTold(subject: ProviderSubject): Promise<void> {
  if (subject.change === undefined) return;
  const config = await open(subject, true);
  const events: ConfigEvent[] = [];
  config.onEvent((event) => events.push(event));
  try {
    await subject.change(second);
    await until(() => events.length > 0);
    assert.deepEqual(config.value, second);
    await subject.change(second);
    await pause(300);
    const changes = events.filter(({ type }) => type === "changed");
    assert.equal(changes.length, 1, "the same values were told as a change");
  } finally {
    await config.close();
  }
}

async function appearanceIsTold(subject: ProviderSubject): Promise<void> {
  if (subject.change === undefined || subject.remove === undefined) return;
  await subject.remove();
  const layer: ConfigLayer = { ...subject.layer, optional: true };
  const config = await loadConfig({ layers: [layer], watch: true }, optionsOf(subject));
  try {
    await subject.change(second);
    await until(() => config.generation > 1);
    assert.deepEqual(config.value, second);
  } finally {
    await config.close();
  }
}

async function closeIsFinal(subject: ProviderSubject): Promise<void> {
  const config = await open(subject, true);
  let told = 0;
  config.onEvent(() => (told += 1));
  await config.close();
  await config.close();
  await subject.change?.(second);
  await pause(200);
  assert.equal(told, 0);
  assert.deepEqual(config.value, first, "what was loaded stays readable");
}

async function loadsAreIndependent(subject: ProviderSubject): Promise<void> {
  const [one, other] = [await open(subject, true), await open(subject, true)];
  await one.close();
  try {
    if (subject.change === undefined) return;
    await subject.change(second);
    await until(() => other.generation > 1);
    assert.deepEqual(other.value, second);
    assert.deepEqual(one.value, first);
  } finally {
    await other.close();
  }
}

async function load(subject: ProviderSubject): Promise<unknown> {
  const config = await open(subject, false);
  await config.close();
  return config.value;
}

function open(subject: ProviderSubject, watch: boolean): Promise<Config> {
  return loadConfig({ layers: [subject.layer], watch, debounce: 20 }, optionsOf(subject));
}

function optionsOf({
  surroundings = {},
}: Pick<ProviderSubject, "layer" | "surroundings">): Parameters<typeof loadConfig>[1] {
  const { variables, ...others } = surroundings;
  return { args: [], environment: "development", variables: variables ?? {}, ...others };
}

async function withProvider<Result>(
  layer: ConfigLayer,
  use: (provider: ConfigProvider) => Promise<Result>,
): Promise<Result> {
  const provider = layer.create();
  try {
    return await use(provider);
  } finally {
    await provider.close?.();
  }
}

function contextOf({ surroundings = {} }: Pick<ProviderSubject, "surroundings">): LoadContext {
  return {
    signal: new AbortController().signal,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    directory: ".",
    environment: "development",
    variables: {},
    args: [],
    shape: undefined,
    ...surroundings,
  };
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!condition()) {
    assert(performance.now() < end, "nothing was told within 5 s");
    await pause(5);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
