import process from "node:process";
import { decodeFrame } from "@dext/hosting/control";
import { isDextError, toMilliseconds } from "@dext/core";
import { logLevels } from "@dext/protocol";
import type { LogLevel, LogQuery } from "@dext/protocol";
import {
  createLineRenderer,
  createLineWriter,
  createResourceLabels,
  printProgress,
  styleFor,
} from "@dext/hosting/output";
import type { Command, CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { findLogs } from "../run/find-logs.ts";
import { runOption } from "../run/find-run.ts";

/** `dext logs` */
export const logsCommand: Command = {
  usage: "[resource…] [options]",
  takesNames: true,
  options: {
    follow: { type: "boolean", short: "f", summary: "Go on with new lines until the run ends" },
    tail: { type: "string", value: "<n>", summary: "Only the newest n lines" },
    since: {
      type: "string",
      value: "<time>",
      summary: "Only lines since then: 5m ago, or a time such as 2026-05-01T12:00",
    },
    search: { type: "string", value: "<text>", summary: "Only lines that contain this text" },
    "ignore-case": { type: "boolean", summary: "Upper and lower case are the same for --search" },
    level: { type: "string", value: "<level>", summary: "Only JSON lines of this level or a graver one" },
    raw: { type: "boolean", summary: "Show lines of JSON of loggers as they came" },
    run: {
      ...runOption,
      summary: "The run, when it is not the one of this folder; one that has ended too",
    },
    json: { type: "boolean", summary: "Print one JSON document a line" },
  },
  notes: [
    "Without a run that goes on, in this folder or above: the lines of the last one, as far as they are kept. Those of",
    "the last 10 runs are kept, in .dext/logs beside the AppHost.",
  ],
  async run(input) {
    const query = queryOf(input);
    const found = await findLogs({ run: input.text("run"), names: input.names });
    if (found.ended !== undefined && input.text("run") === undefined) {
      printProgress(`Nothing runs here, these are the lines of the last run: ${found.ended}`);
    }
    const labels = createResourceLabels();
    labels.learn(found.resources);
    const style = styleFor({ stream: process.stdout });
    const render = createLineRenderer({ style, labels, readsJson: !input.flag("raw") });
    const writer = createLineWriter();
    for await (const frame of found.frames(query)) {
      if (!input.flag("json")) writer.writeBytes(render(frame));
      else for (const line of decodeFrame(frame)) writer.write(JSON.stringify({ version: 1, ...line }));
      const ready = writer.whenReady();
      if (ready !== undefined) await ready;
    }
    writer.flush();
    return 0;
  },
};

function queryOf(input: CommandInput): LogQuery {
  const tail = input.text("tail");
  if (tail !== undefined && !/^\d{1,9}$/.test(tail)) {
    throw cliError("DEXT_CLI_OPTION_INVALID", `--tail is "${tail}", wanted: a whole number from 0 up`);
  }
  const level = input.text("level");
  if (level !== undefined && !isLevel(level)) {
    throw cliError(
      "DEXT_CLI_OPTION_INVALID",
      `--level is "${level}", wanted one of: ${logLevels.join(", ")}`,
    );
  }
  const since = input.text("since");
  const search = input.text("search");
  return {
    ...(since === undefined ? {} : { since: parseSince(since) }),
    ...(search === undefined ? {} : { search }),
    ...(input.flag("ignore-case") ? { ignoreCase: true } : {}),
    ...(level === undefined ? {} : { level }),
    follow: input.flag("follow"),
    ...(input.names.length === 0 ? {} : { resources: input.names }),
    ...(tail === undefined ? {} : { tail: Number(tail) }),
  };
}

function isLevel(text: string): text is LogLevel {
  return (logLevels as readonly string[]).includes(text);
}

/** A span of time counts back from now, anything else is a time of its own. */
function parseSince(text: string): number {
  try {
    return Date.now() - toMilliseconds(text);
  } catch (error) {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
    if (!isDextError(error)) throw error;
    throw cliError("DEXT_CLI_OPTION_INVALID", `--since is "${text}", wanted a span or a time`, {
      hint: "For example --since 5m, or --since 2026-05-01T12:00.",
    });
  }
}
