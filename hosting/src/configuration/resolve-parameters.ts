import { randomInt } from "node:crypto";
import { hostingError } from "../hosting-error.ts";
import type { GenerateOptions, ParameterModel } from "../model/resource-model.ts";
import type { AppHostConfiguration, ConfigurationSource } from "./apphost-configuration.ts";
import type { ParameterStore } from "./parameter-store.ts";

/** Where the value of a parameter came from. */
export type ParameterSource = ConfigurationSource | "kept" | "default" | "generated" | "prompt" | "missing";

/** A parameter with its value. */
export interface ResolvedParameter {
  readonly parameter: ParameterModel;
  readonly source: ParameterSource;
  /** Absent when it is missing, and when it is still to be generated. */
  readonly value?: string;
}

/** Asks a person for values; gives them by name. */
export type ParameterPrompt = (
  parameters: readonly ParameterModel[],
) => Promise<Readonly<Record<string, string>>>;

/** What parameters are resolved from. */
export interface ResolveParametersOptions {
  configuration: AppHostConfiguration;
  store: ParameterStore;
}

/** Looks every parameter up and changes nothing: one that would be generated has the source `generated` and no value. */
export function lookUpParameters(
  parameters: readonly ParameterModel[],
  { configuration, store }: ResolveParametersOptions,
): readonly ResolvedParameter[] {
  return parameters.map((parameter): ResolvedParameter => {
    const found = configuration.find(`Parameters:${parameter.name}`);
    if (found !== undefined) return { parameter, source: found.source, value: found.value };
    const kept = store.get(parameter.name);
    if (kept !== undefined) return { parameter, source: "kept", value: kept };
    if (parameter.default !== undefined) return { parameter, source: "default", value: parameter.default };
    return { parameter, source: parameter.generate === undefined ? "missing" : "generated" };
  });
}

/**
 * The value of every parameter. What is generated or asked for is kept, so that a password outlives its volume.
 *
 * @throws DextError `DEXT_RUN_PARAMETER_MISSING` naming all that are missing.
 */
export async function resolveParameters(
  parameters: readonly ParameterModel[],
  options: ResolveParametersOptions & { prompt?: ParameterPrompt; keep?: readonly string[] },
): Promise<ReadonlyMap<string, ResolvedParameter & { readonly value: string }>> {
  const { store, prompt, keep = [] } = options;
  const found = lookUpParameters(parameters, options);
  const missing = found.filter(({ source }) => source === "missing").map(({ parameter }) => parameter);
  if (missing.length > 0 && prompt === undefined) throw parametersMissing(missing);
  const asked = missing.length > 0 && prompt !== undefined ? await prompt(missing) : {};
  const toKeep: Record<string, string> = { ...asked };
  const resolved = new Map<string, ResolvedParameter & { readonly value: string }>();
  for (const { parameter, source, value } of found) {
    const { name } = parameter;
    if (source === "generated") toKeep[name] = generate(parameter.generate ?? {});
    const final = value ?? toKeep[name];
    if (final === undefined) throw parametersMissing([parameter]);
    if (keep.includes(name)) toKeep[name] = final;
    resolved.set(name, { parameter, source: source === "missing" ? "prompt" : source, value: final });
  }
  await store.keep(toKeep);
  return resolved;
}

function parametersMissing(parameters: readonly ParameterModel[]): Error {
  const names = parameters.map(({ name }) => `"${name}"`).join(", ");
  const first = parameters[0]?.name ?? "name";
  return hostingError(
    "DEXT_RUN_PARAMETER_MISSING",
    `${parameters.length === 1 ? "This parameter has" : "These parameters have"} no value: ${names}`,
    {
      hint: `Set Parameters__${first.replaceAll("-", "_")} in the environment or in .env beside the AppHost, or run on a terminal to be asked.`,
      details: { parameters: parameters.map(({ name, secret }) => ({ name, secret })) },
    },
  );
}

const lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function generate({ length = 22, characters = lettersAndDigits }: GenerateOptions): string {
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join("");
}
