import { writeFile } from "node:fs/promises";
import process from "node:process";
import { isDextError, toErrorDocument } from "@dext/core";
import { readAppHostConfiguration } from "../configuration/apphost-configuration.ts";
import { ParameterStore } from "../configuration/parameter-store.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import { describeModel } from "./describe-model.ts";
import { runModel } from "./run-model.ts";
import { readRunSettings } from "./run-settings.ts";
import type { RunSettings } from "./run-settings.ts";

/** How long a handle that the AppHost file itself left open may keep the process, in milliseconds. */
const lingering = 1000;

/** Does what this process was started for, and sets its exit code. Never rejects. */
export async function runHost(builder: ModelBuilder): Promise<void> {
  let settings: RunSettings | undefined;
  try {
    settings = readRunSettings();
    process.exitCode =
      settings.operation === "describe" ? await describe(builder, settings) : await run(builder, settings);
  } catch (error) {
    process.exitCode = isDextError(error) ? 3 : 1;
    await tell(settings, toErrorDocument(error), () => process.stderr.write(failureText(error)));
  }
  setTimeout(() => process.exit(), lingering).unref();
}

async function run(builder: ModelBuilder, settings: RunSettings): Promise<number> {
  const { failed } = await runModel(builder.build(), settings);
  return failed.length === 0 ? 0 : 4;
}

async function describe(builder: ModelBuilder, settings: RunSettings): Promise<number> {
  const model = builder.build();
  const collector = settings.collector ?? model.collector;
  const description = await describeModel(model, {
    configuration: await readAppHostConfiguration(model.directory),
    store: await ParameterStore.open(model.directory),
    signal: new AbortController().signal,
    ...(collector === undefined ? {} : { collector }),
  });
  await tell(settings, description, () =>
    process.stdout.write(`${JSON.stringify(description, undefined, 2)}\n`),
  );
  return 0;
}

/** The AppHost's own stdout may carry anything, so whoever started us gets the document in a file. */
async function tell(settings: RunSettings | undefined, document: object, print: () => void): Promise<void> {
  const path = settings?.resultPath ?? process.env["DEXT_RESULT"];
  if (path === undefined) print();
  else await writeFile(path, JSON.stringify(document), { mode: 0o600 });
}

function failureText(error: unknown): string {
  if (isDextError(error)) {
    return `error ${error.code}: ${error.message}\n${error.hint === undefined ? "" : `hint: ${error.hint}\n`}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error DEXT_INTERNAL: this is a bug of Dext, please report it with what follows\n${stack}\n`;
}
