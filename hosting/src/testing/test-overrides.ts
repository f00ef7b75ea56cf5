import { Buffer } from "node:buffer";
import { testingError } from "./error-codes.ts";

/**
 * What stands in for a resource: something outside the run that is there already.
 *
 * `url` is for services: the address, or one for each endpoint by name. `connectionString` is for backing resources, in
 * the form of .NET Aspire or as a URI.
 */
export type Replacement =
  | { url: string | Readonly<Record<string, string>>; connectionString?: never }
  | { connectionString: string; url?: never };

/** What is different from the AppHost as it stands. */
export interface TestOverrides {
  /**
   * Resources that are taken out, with the databases and the like that live in them. References to them are taken out
   * too; a resource that waits for one of them or uses it in a value is a mistake (`DEXT_TESTING_STILL_NEEDED`).
   */
  without?: readonly string[];
  /** Resources that are replaced by something outside the run, such as a server in the test itself. */
  replace?: Readonly<Record<string, Replacement>>;
  /** Variables of resources; they win over the AppHost's own. */
  environment?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  /** Values of parameters; they win over environment and `.env`. */
  parameters?: Readonly<Record<string, string>>;
}

/**
 * The overrides as one document for an environment variable.
 *
 * @throws DextError `DEXT_TESTING_OVERRIDE_INVALID`
 */
export function encodeOverrides(overrides: TestOverrides): string {
  const { without = [], replace = {}, environment = {}, parameters = {} } = overrides;
  for (const [resource, replacement] of Object.entries(replace)) checkReplacement(resource, replacement);
  for (const [resource, variables] of Object.entries(environment)) checkVariables(resource, variables);
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== "string")
      throw invalid(`the value of parameter "${name}" is no text`, { parameter: name });
  }
  const text = JSON.stringify({ without, replace, environment, parameters });
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

function checkReplacement(resource: string, { url, connectionString }: Replacement): void {
  if ((url === undefined) === (connectionString === undefined)) {
    throw invalid(`"${resource}" is to be replaced by ${url === undefined ? "nothing" : "two things"}`, {
      resource,
    });
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

function invalid(because: string, details: Readonly<Record<string, string>> = {}): Error {
  return testingError("DEXT_TESTING_OVERRIDE_INVALID", `The overrides are not valid: ${because}`, {
    hint: "Replace by { url } or { connectionString }; variables are text, numbers or booleans, parameters text.",
    details,
  });
}
