import { Buffer } from "node:buffer";
import { testingError } from "./error-codes.ts";

/**
 * Something outside the run that is there already, in place of a resource.
 *
 * `url` is for services: the address, or one for each endpoint by name. `connectionString` is for backing resources, in
 * the form of .NET Aspire or as a URI.
 */
export type OutsideReplacement =
  | { url: string | Readonly<Record<string, string>>; connectionString?: never; resource?: never }
  | { connectionString: string; url?: never; resource?: never };

/**
 * Another resource of the AppHost, in place of a resource: it runs under the name of the one that it replaces, and not
 * under its own. One that is only for tests has a profile, so that no other run starts it.
 */
export interface StandInReplacement {
  resource: string;
  url?: never;
  connectionString?: never;
}

/** What stands in for a resource. */
export type Replacement = OutsideReplacement | StandInReplacement;

/** Whether a replacement is another resource of the AppHost. */
export function isStandIn(replacement: Replacement): replacement is StandInReplacement {
  return replacement.resource !== undefined;
}

/** What is different from the AppHost as it stands. */
export interface TestOverrides {
  /**
   * Resources that are taken out, with the databases and the like that live in them. References to them are taken out
   * too; a resource that waits for one of them or uses it in a value is a mistake (`DEXT_TESTING_STILL_NEEDED`).
   */
  without?: readonly string[];
  /** Resources that are replaced: by a server in the test itself, by another resource … */
  replace?: Readonly<Record<string, Replacement>>;
  /** Variables of resources; they win over the AppHost's own. */
  environment?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  /** Arguments of resources, in place of those that the AppHost adds with `withArgs`. */
  args?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** Values of parameters; they win over environment and `.env`. */
  parameters?: Readonly<Record<string, string>>;
  /** Configuration of the AppHost, such as `ConnectionStrings:orders`; it wins over environment and `.env`. */
  configuration?: Readonly<Record<string, string>>;
}

/**
 * The overrides as one document for an environment variable.
 *
 * @throws DextError `DEXT_TESTING_OVERRIDE_INVALID`
 */
export function encodeOverrides(overrides: TestOverrides): string {
  const { without = [], replace = {}, environment = {}, args = {} } = overrides;
  const { parameters = {}, configuration = {} } = overrides;
  checkTexts(without, { what: "`without`" });
  for (const [resource, replacement] of Object.entries(replace)) checkReplacement(resource, replacement);
  for (const [resource, variables] of Object.entries(environment)) checkVariables(resource, variables);
  for (const [resource, values] of Object.entries(args))
    checkTexts(values, { what: `what "${resource}" is to be given as arguments`, isPlain: true });
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== "string")
      throw invalid(`the value of parameter "${name}" is no text`, { parameter: name });
  }
  for (const [path, value] of Object.entries(configuration)) {
    if (typeof value !== "string" || !/^[^=\0\s]+$/.test(path))
      throw invalid(`${JSON.stringify(path)} is to be configured as a ${typeof value}`, { path });
  }
  const text = JSON.stringify({ without, replace, environment, args, parameters, configuration });
  if (Buffer.byteLength(text) > longestDocument) {
    throw invalid(
      `they take ${Buffer.byteLength(text)} bytes as JSON, at most ${longestDocument} are possible`,
    );
  }
  return text;
}

/** Linux takes 131,072 bytes for one variable with its name. */
const longestDocument = 130_000;

/** The document that {@link encodeOverrides} made. */
export function decodeOverrides(text: string | undefined): TestOverrides {
  return text === undefined || text === "" ? {} : (JSON.parse(text) as TestOverrides);
}

function checkReplacement(resource: string, replacement: Replacement): void {
  const { url } = replacement;
  const ways = [url, replacement.connectionString, replacement.resource].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    const by = ways.length === 0 ? "nothing" : `${ways.length} things`;
    throw invalid(`"${resource}" is to be replaced by ${by}`, { resource });
  }
  if (url === undefined) return;
  for (const text of typeof url === "string" ? [url] : Object.values(url)) {
    if (!URL.canParse(text))
      throw invalid(`"${resource}" is to be replaced by ${JSON.stringify(text)}, which is no URL`, {
        resource,
      });
  }
}

function checkVariables(resource: string, variables: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (/^[^=\0\s]+$/.test(name) && ["string", "number", "boolean"].includes(typeof value)) continue;
    throw invalid(
      `"${resource}" is to be given the variable ${JSON.stringify(name)} of type ${typeof value}`,
      {
        resource,
        variable: name,
      },
    );
  }
}

function checkTexts(values: unknown, { what, isPlain = false }: { what: string; isPlain?: boolean }): void {
  const types = isPlain ? ["string", "number", "boolean"] : ["string"];
  if (Array.isArray(values) && values.every((value) => types.includes(typeof value))) return;
  throw invalid(`${what} is no list of ${isPlain ? "text, numbers and booleans" : "names"}`);
}

function invalid(because: string, details: Readonly<Record<string, string>> = {}): Error {
  return testingError("DEXT_TESTING_OVERRIDE_INVALID", `The overrides are not valid: ${because}`, {
    hint: "Replace by { url }, { connectionString } or { resource }; variables and arguments are text, numbers or booleans, parameters and configuration text.",
    details,
  });
}
