import process from "node:process";
import { askForParameters } from "@dext/hosting/output";
import { keepTerminal } from "../tui/terminal-keeper.ts";

interface MissingParameter {
  name: string;
  secret: boolean;
}

/**
 * Asks for parameters on the terminal, for secret ones without showing what is typed, and gives the variables that hand
 * them to the AppHost, which keeps them.
 */
export async function askParameters(described: unknown): Promise<Record<string, string>> {
  const parameters = readParameters(described);
  const keeper = await keepTerminal(process.stderr);
  const values = await askForParameters(parameters).finally(() => keeper?.dismiss());
  const variables = Object.entries(values).map(([name, value]) => [`Parameters__${name}`, value]);
  return {
    ...Object.fromEntries(variables),
    DEXT_KEEP_PARAMETERS: parameters.map(({ name }) => name).join(","),
  };
}

function readParameters(described: unknown): MissingParameter[] {
  const all = Array.isArray(described) ? (described as Partial<MissingParameter>[]) : [];
  return all
    .filter((each) => typeof each?.name === "string")
    .map(({ name = "", secret = false }) => ({ name, secret }));
}
