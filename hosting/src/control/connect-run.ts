import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { fromErrorDocument } from "@dext/core";
import { protocolVersion, routes } from "@dext/protocol";
import type {
  LogLine,
  ModelDescription,
  RouteName,
  RunClient,
  RunEvent,
  RunInfo,
  RunSnapshot,
} from "@dext/protocol";
import { decodeFrame } from "../logs/log-frame.ts";
import type { LogFrame } from "../logs/log-frame.ts";
import { isErrorDocument } from "./error-answer.ts";
import { controlError } from "./error-codes.ts";
import { LogFrameReader } from "./log-frame-reader.ts";
import { encodeLine, failureOf, logFramesType } from "./log-frames.ts";
import type { LogFrameSource } from "./log-frames.ts";
import { readNdjson } from "./ndjson.ts";
import { formatLogsQuery } from "./request-query.ts";
import { versionHeader } from "./version-header.ts";

/** What {@link connectRun} takes. */
export interface ConnectRunOptions {
  /** The socket of the run's control API, as its record names it. */
  socketPath: string;
  /** The token that the run asks for, if it does. */
  token?: string;
}

/** A run in another process, which gives its lines as frames too. */
export type ConnectedRun = RunClient & LogFrameSource;

/**
 * A run in another process, through its control socket. Nothing is connected until something is asked, and each call
 * has a connection of its own that ends with it.
 *
 * Every call throws `DEXT_CONTROL_UNREACHABLE` when nobody listens, `DEXT_CONTROL_CONNECTION_LOST` when the run ends
 * in the middle of an answer, `DEXT_CONTROL_VERSION_UNSUPPORTED` when it speaks another version, the signal's reason
 * when aborted, and otherwise what the run itself throws.
 */
export function connectRun({ socketPath, token }: ConnectRunOptions): ConnectedRun {
  const call: Call = (route, options) => send({ ...options, route, socketPath, token });
  return {
    info: (options) => readDocument<RunInfo>(call, { route: "info", ...options }),
    snapshot: (options) => readDocument<RunSnapshot>(call, { route: "snapshot", ...options }),
    describe: (options) => readDocument<ModelDescription>(call, { route: "describe", ...options }),
    events: ({ after, signal } = {}) =>
      readStream<RunEvent>(call, {
        route: "events",
        query: new URLSearchParams(after === undefined ? {} : { after: String(after) }),
        signal,
      }),
    logs: (query, { signal } = {}) => readLines(readFrames(call, { query: formatLogsQuery(query), signal })),
    logFrames: (query, { signal } = {}) => readFrames(call, { query: formatLogsQuery(query), signal }),
    async command(resource, { signal, ...command }) {
      await readDocument(call, { route: "command", body: { resource, ...command }, signal });
    },
    async stop({ signal, ...body } = {}) {
      await readDocument(call, { route: "stop", body, signal });
    },
  };
}

interface CallOptions {
  query?: URLSearchParams;
  body?: unknown;
  accept?: string;
  signal?: AbortSignal | undefined;
}

type Call = (route: RouteName, options: CallOptions) => Promise<IncomingMessage>;

async function readDocument<Document>(
  call: Call,
  { route, ...options }: CallOptions & { route: RouteName },
): Promise<Document> {
  const response = await call(route, options);
  try {
    return JSON.parse(await readText(response)) as Document;
  } catch (cause) {
    throw explain(cause, options.signal);
  }
}

async function* readStream<Document>(
  call: Call,
  { route, ...options }: CallOptions & { route: RouteName },
): AsyncGenerator<Document, void, undefined> {
  const response = await call(route, options);
  try {
    for await (const document of readDocuments(response)) yield document as Document;
  } catch (cause) {
    throw explain(cause, options.signal);
  } finally {
    response.destroy();
  }
}

async function* readFrames(call: Call, options: CallOptions): AsyncGenerator<LogFrame, void, undefined> {
  const response = await call("logs", { ...options, accept: logFramesType });
  try {
    if (response.headers["content-type"] !== logFramesType) {
      for await (const line of readDocuments(response)) yield encodeLine(line as LogLine);
      return;
    }
    const reader = new LogFrameReader();
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      for (const frame of reader.push(chunk)) {
        const failure = failureOf(frame);
        if (failure !== undefined) throw fromErrorDocument(failure);
        yield frame;
      }
    }
    if (!reader.isWhole) throw connectionLost();
  } catch (cause) {
    throw explain(cause, options.signal);
  } finally {
    response.destroy();
  }
}

async function* readLines(frames: AsyncIterable<LogFrame>): AsyncGenerator<LogLine, void, undefined> {
  for await (const frame of frames) yield* decodeFrame(frame);
}

/** What goes wrong after the head of the answer comes as its last line. */
async function* readDocuments(response: IncomingMessage): AsyncGenerator<unknown, void, undefined> {
  for await (const document of readNdjson(response, { onCut: () => connectionLost() })) {
    if (isErrorDocument(document)) throw fromErrorDocument(document);
    yield document;
  }
}

interface SendOptions extends CallOptions {
  route: RouteName;
  socketPath: string;
  token: string | undefined;
}

/** Sends a request; resolves with an answer that has the right version and is no error. */
async function send(options: SendOptions): Promise<IncomingMessage> {
  const { route, query, body, accept, signal, socketPath, token } = options;
  signal?.throwIfAborted();
  const { method, path } = routes[route];
  const text = body === undefined ? "" : JSON.stringify(body);
  const search = query?.toString() ?? "";
  const request = httpRequest({
    socketPath,
    method,
    path: search === "" ? path : `${path}?${search}`,
    // A connection kept for later would hold the process.
    agent: false,
    headers: {
      [versionHeader]: String(protocolVersion),
      ...(accept === undefined ? {} : { accept }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text === ""
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
  const response = await respond(request, { text, socketPath, signal });
  try {
    await refuseUnfit(response);
    return response;
  } catch (cause) {
    response.destroy();
    throw explain(cause, signal);
  }
}

function respond(
  request: ClientRequest,
  { text, socketPath, signal }: { text: string; socketPath: string; signal: AbortSignal | undefined },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    // Stays for the errors that follow the answer's head: the reader of the answer gets those too.
    request.on("error", (cause: NodeJS.ErrnoException) => {
      const unreachable = unreachableCodes.has(cause.code ?? "");
      reject(unreachable ? unreachableRun(socketPath, cause) : explain(cause, signal));
    });
    request.end(text);
  });
}

const unreachableCodes = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK", "EACCES", "ENOTDIR", "EINVAL"]);

async function refuseUnfit(response: IncomingMessage): Promise<void> {
  const version = response.headers[versionHeader];
  if (version !== String(protocolVersion)) throw unfitVersion(version);
  if (response.statusCode === 200) return;
  const document: unknown = JSON.parse(await readText(response));
  throw isErrorDocument(document) ? fromErrorDocument(document) : answerInvalid();
}

function unfitVersion(version: string | string[] | undefined): Error {
  if (version === undefined) return answerInvalid();
  return controlError(
    "DEXT_CONTROL_VERSION_UNSUPPORTED",
    `The run speaks version "${version.toString()}" of the control API, this dext speaks "${protocolVersion}"`,
    { hint: "Use the dext that the run was started with.", details: { found: version } },
  );
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** What a failure under way means: an abort that was asked for, an error that is one of ours, or a run that went away. */
function explain(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (cause instanceof SyntaxError) return answerInvalid(cause);
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  return lostCodes.has(code) || (cause as Error).message === "aborted" ? connectionLost(cause) : cause;
}

const lostCodes = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "HPE_INVALID_EOF_STATE"]);

function connectionLost(cause?: unknown): Error {
  return controlError("DEXT_CONTROL_CONNECTION_LOST", "The run went away in the middle of an answer", {
    hint: "Its AppHost has ended or was killed; dext ps shows what runs.",
    cause,
  });
}

function unreachableRun(socketPath: string, cause: unknown): Error {
  return controlError("DEXT_CONTROL_UNREACHABLE", `No run answers on the socket "${socketPath}"`, {
    hint: "It may have ended just now; dext ps shows what runs.",
    cause,
    details: { socketPath },
  });
}

function answerInvalid(cause?: unknown): Error {
  return controlError("DEXT_CONTROL_ANSWER_INVALID", "What answers on the socket is no run of Dext", {
    cause,
  });
}
