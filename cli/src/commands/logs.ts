import process from "node:process";
import { decodeFrame } from "@dext/hosting/control";
import type { LogQuery } from "@dext/protocol";
import type { Command, CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { checkNames } from "../run/check-names.ts";
import { findRun, runOption } from "../run/find-run.ts";
import { createLineRenderer } from "../run/line-renderer.ts";
import { createLineWriter } from "../run/line-writer.ts";
import { createResourceLabels } from "../run/resource-label.ts";
import { styleFor } from "../terminal/style.ts";

/** `dext logs` */
export const logsCommand: Command = {
  usage: "[resource…] [options]",
  takesNames: true,
  options: {
    follow: { type: "boolean", short: "f", summary: "Go on with new lines until the run ends" },
    tail: { type: "string", value: "<n>", summary: "Only the newest n lines" },
    run: runOption,
    json: { type: "boolean", summary: "Print one JSON document a line" },
  },
  async run(input) {
    const query = queryOf(input);
    const { client } = await findRun({ run: input.text("run") });
    const snapshot = await client.snapshot();
    checkNames(input.names, snapshot);
    const labels = createResourceLabels();
    labels.learn(snapshot.resources);
    const style = styleFor({ stream: process.stdout });
    const render = createLineRenderer({ style, labels });
    const writer = createLineWriter();
    for await (const frame of client.logFrames(query)) {
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
  return {
    follow: input.flag("follow"),
    ...(input.names.length === 0 ? {} : { resources: input.names }),
    ...(tail === undefined ? {} : { tail: Number(tail) }),
  };
}
