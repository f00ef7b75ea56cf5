import type { OptionDescription } from "../command.ts";

/** The options of every command that starts an AppHost. */
export const appHostOption: OptionDescription = {
  type: "string",
  value: "<file>",
  summary: "The AppHost, when it is not apphost.ts in this folder",
};

export const runtimeOption: OptionDescription = {
  type: "string",
  value: "<name>",
  summary: "node or deno; by default what the AppHost's project is for",
};
