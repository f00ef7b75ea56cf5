import { createErrorFactory } from "@dext/core";
import { logLevels } from "@dext/protocol";
import type { LogLine, LogQuery } from "@dext/protocol";
import { logErrorCodes } from "./error-codes.ts";
import { decodeFrame } from "./log-frame.ts";
import type { LogFrame } from "./log-frame.ts";

const logError = createErrorFactory(logErrorCodes);

/** The lines of frames, one by one. */
export async function* readLines(frames: AsyncIterable<LogFrame>): AsyncGenerator<LogLine, void, void> {
  for await (const frame of frames) yield* decodeFrame(frame);
}

/**
 * Refuses a query that makes no sense.
 *
 * @throws {DextError} `DEXT_LOGS_QUERY_INVALID`
 */
export function validateQuery({ tail, since, after, before, search, level }: LogQuery): void {
  refuseUnless(tail === undefined || (Number.isInteger(tail) && tail >= 0), {
    name: "tail",
    value: tail,
    wanted: "a whole number of lines",
  });
  refuseUnless(since === undefined || Number.isFinite(new Date(since).getTime()), {
    name: "since",
    value: since,
    wanted: "milliseconds since 1970",
  });
  refuseUnless(after === undefined || Number.isInteger(after), {
    name: "after",
    value: after,
    wanted: "the number of a line",
  });
  refuseUnless(before === undefined || Number.isInteger(before), {
    name: "before",
    value: before,
    wanted: "the number of a line",
  });
  refuseUnless(search === undefined || !search.includes("\n"), {
    name: "search",
    value: search,
    wanted: "text without line breaks",
  });
  refuseUnless(level === undefined || logLevels.includes(level), {
    name: "level",
    value: level,
    wanted: logLevels.join(", "),
  });
}

function refuseUnless(
  valid: boolean,
  { name, value, wanted }: { name: string; value: unknown; wanted: string },
): void {
  if (valid) return;
  throw logError(
    "DEXT_LOGS_QUERY_INVALID",
    `Log lines cannot be read: "${name}" is ${JSON.stringify(value)}, wanted: ${wanted}`,
    {
      hint: `Change or leave out "${name}".`,
      details: { name, value, wanted },
    },
  );
}
