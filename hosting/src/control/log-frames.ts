import { Buffer } from "node:buffer";
import type { ErrorDocument } from "@dext/core";
import type { LogLine, LogQuery } from "@dext/protocol";
import { encodeFrame } from "../logs/log-frame.ts";
import type { LogFrame } from "../logs/log-frame.ts";
import { continuesMark, encodeRecord, partialMark } from "../logs/record-format.ts";
import { isErrorDocument } from "./error-answer.ts";

/**
 * Who can give the lines of a run many at a time, as bytes: one that prints two million lines has no time to make text
 * of each of them twice.
 */
export interface LogFrameSource {
  logFrames(query: LogQuery, options?: { signal?: AbortSignal }): AsyncIterable<LogFrame>;
}

/**
 * A client that accepts this type gets the lines of `/v1/logs` as frames: a line of JSON, then records as they stand
 * in the log files. A run that has none answers NDJSON as ever.
 */
export const logFramesType = "application/vnd.dext.log-frames";

/** Whether a run can give frames. */
export function hasLogFrames(run: object): run is LogFrameSource {
  return typeof (run as Partial<LogFrameSource>).logFrames === "function";
}

/** An error after the head of the answer: a frame of no resource. */
export function encodeFailure(document: ErrorDocument): Buffer {
  return encodeFrame({ resource: "", replica: 0, bytes: Buffer.from(`${JSON.stringify(document)}\n`) });
}

/** The error that a frame stands for, if it does. */
export function failureOf({ resource, bytes }: LogFrame): ErrorDocument | undefined {
  if (resource !== "") return undefined;
  const document: unknown = JSON.parse(bytes.toString("utf8"));
  return isErrorDocument(document) ? document : undefined;
}

/** A line of a run that has no frames. */
export function encodeLine(line: LogLine): LogFrame {
  const { resource, replica, text, continues, partial, ...record } = line;
  const mark = continues === true ? continuesMark : partial === true ? partialMark : undefined;
  const bytes = encodeRecord(text, { ...record, ...(mark === undefined ? {} : { mark }) });
  return { resource, replica, bytes };
}
