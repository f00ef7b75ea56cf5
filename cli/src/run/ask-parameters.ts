import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { cliError } from "../error-codes.ts";

interface MissingParameter {
  name: string;
  secret: boolean;
}

/**
 * Asks for parameters on the terminal, for secret ones without an echo, and gives the variables that hand them to the
 * AppHost, which keeps them.
 */
export async function askParameters(described: unknown): Promise<Record<string, string>> {
  const parameters = readParameters(described);
  const variables: Record<string, string> = {};
  for (const parameter of parameters) {
    variables[`Parameters__${parameter.name}`] = await ask(parameter);
  }
  return { ...variables, DEXT_KEEP_PARAMETERS: parameters.map(({ name }) => name).join(",") };
}

function ask({ name, secret }: MissingParameter): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({
    input: process.stdin,
    output: secret ? silent : process.stderr,
    terminal: true,
  });
  // After the terminal has stopped to echo, which the reader sees to.
  process.stderr.write(`${name}${secret ? " (not shown)" : ""}: `);
  return new Promise((resolve, reject) => {
    let answered = false;
    reader.once("line", (answer) => {
      answered = true;
      reader.close();
      if (secret) process.stderr.write("\n");
      resolve(answer);
    });
    reader.once("close", () => {
      if (answered) return;
      process.stderr.write("\n");
      reject(cliError("DEXT_CLI_INTERRUPTED", `No value was given for the parameter "${name}"`));
    });
  });
}

function readParameters(described: unknown): MissingParameter[] {
  const all = Array.isArray(described) ? (described as Partial<MissingParameter>[]) : [];
  return all
    .filter((each) => typeof each?.name === "string")
    .map(({ name = "", secret = false }) => ({ name, secret }));
}
