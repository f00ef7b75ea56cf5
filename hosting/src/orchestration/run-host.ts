import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { readAppHostConfiguration } from "../configuration/apphost-configuration.ts";
import { ParameterStore } from "../configuration/parameter-store.ts";
import { RunConfigurations } from "../configuration/run-configurations.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import { isGone } from "../testing/test-runner.ts";
import { describeModel } from "./describe-model.ts";
import { runModel } from "./run-model.ts";
import { describingScope } from "./resolve-expression.ts";
import { readRunSettings } from "./run-settings.ts";
import type { RunSettings, TestSettings } from "./run-settings.ts";
import { tellFailure } from "./tell-failure.ts";

/** How long sources of configuration that do not answer are tried for a description, in milliseconds. */
const describeTimeout = 2000;
/** How long a handle that the AppHost file itself left open may keep the process, in milliseconds. */
const lingering = 1000;

/** Does what this process was started for, and sets its exit code. Never rejects. */
export async function runHost(builder: ModelBuilder): Promise<void> {
  try {
    const settings = readRunSettings();
    if (settings.isolation !== undefined) removeWhenAlone(settings.isolation.directory, settings.test);
    process.exitCode =
      settings.operation === "describe" ? await describe(builder, settings) : await run(builder, settings);
  } catch (error) {
    process.exitCode = tellFailure(error);
  }
  setTimeout(() => process.exit(), lingering).unref();
}

/** The private folder of a client or test that was killed is ours to remove: nobody else is left to do it. */
function removeWhenAlone(directory: string, test: TestSettings | undefined): void {
  const parent = process.ppid;
  process.on("exit", () => {
    const isAlone =
      process.stdin.readableEnded ||
      process.ppid !== parent ||
      (test?.runner !== undefined && isGone(test.runner));
    if (isAlone) rmSync(directory, { recursive: true, force: true });
  });
}

async function run(builder: ModelBuilder, settings: RunSettings): Promise<number> {
  const { failed } = await runModel(builder.build(), settings);
  return failed.length === 0 ? 0 : 4;
}

async function describe(builder: ModelBuilder, settings: RunSettings): Promise<number> {
  const model = builder.build();
  const collector = settings.collector ?? model.collector;
  const configurations = new RunConfigurations({
    model,
    resources: new Map(model.resources.map((resource) => [resource.name, resource])),
    addresses: describingScope,
    environment: process.env,
    notify: () => undefined,
  });
  const description = await describeModel(model, {
    configuration: await readAppHostConfiguration(model.directory),
    store: await ParameterStore.open(model.directory),
    signal: new AbortController().signal,
    configurations,
    failures: await configurations.tryToLoad({ startTimeout: describeTimeout }),
    ...(collector === undefined ? {} : { collector }),
  });
  await configurations.close();
  // The AppHost's own stdout may carry anything, so whoever started us gets the document in a file.
  if (settings.resultPath === undefined)
    process.stdout.write(`${JSON.stringify(description, undefined, 2)}\n`);
  else await writeFile(settings.resultPath, JSON.stringify(description), { mode: 0o600 });
  return 0;
}
