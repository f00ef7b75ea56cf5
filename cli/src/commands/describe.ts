import process from "node:process";
import { printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import { chooseRuntime } from "../apphost/choose-runtime.ts";
import { describeAppHost } from "../apphost/describe-apphost.ts";
import { findAppHost } from "../apphost/find-apphost.ts";
import { appHostOption, runtimeOption } from "../apphost/options.ts";
import type { Command } from "../command.ts";
import { durationOption } from "../duration-option.ts";
import { layOutDescription } from "../describe/lay-out-description.ts";

/** `dext describe` */
export const describeCommand: Command = {
  usage: "[options]",
  takesNames: false,
  options: {
    apphost: appHostOption,
    runtime: runtimeOption,
    "start-timeout": {
      type: "string",
      value: "<time>",
      summary: "How long the AppHost may take: 30s unless given, 0 for ever",
    },
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  notes: ["Starts nothing: the AppHost only tells what it would do, and secrets are not shown."],
  async run(input) {
    const limit = durationOption(input, { name: "start-timeout", otherwise: "30s" });
    const file = findAppHost({ path: input.text("apphost") });
    const runtime = chooseRuntime(file, { wanted: input.text("runtime") });
    const description = await describeAppHost(file, { runtime, limit, onLine: printProgress });
    if (input.flag("json")) printJson(description);
    else
      for (const line of layOutDescription(description, styleFor({ stream: process.stdout })))
        printLine(line);
    return 0;
  },
};
