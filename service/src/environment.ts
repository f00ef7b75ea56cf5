/** Variables by name; what `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One variable. On Deno a program may be allowed to read some variables only: one that it may not read is not there.
 */
export function readVariable(name: string, environment: Environment = process.env): string | undefined {
  try {
    return environment[name];
  } catch {
    return undefined;
  }
}

/** All variables, or none where the program may not list them. */
export function listVariables(environment: Environment = process.env): [string, string][] {
  try {
    return Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  } catch {
    return [];
  }
}

/** Whether `NODE_ENV` says that this is a developer's machine. Without it a service behaves as in production. */
export function isDevelopment(environment?: Environment): boolean {
  return readVariable("NODE_ENV", environment) === "development";
}
