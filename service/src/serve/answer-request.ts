import { problem, problemResponse } from "./problem-response.ts";
import type { FetchHandler, ServerOptions } from "./server.ts";

/** What is known about a request besides itself. */
export interface RequestState {
  /** Whether the handler failed because the client has left. */
  isGone(error: unknown): boolean;
  /** Whether the client has sent more than it may. */
  isTooLarge(): boolean;
}

/**
 * Asks the handler, and answers in its place when it fails. Production tells a client nothing but the status; the log
 * has the error. A client that has left is no error.
 */
export async function answerRequest(
  handler: FetchHandler,
  { request, state, options }: { request: Request; state: RequestState; options: ServerOptions },
): Promise<Response> {
  const { logger, isDevelopment } = options;
  try {
    const response: unknown = await handler(request);
    if (isResponse(response)) return response;
    throw new TypeError(`The handler gave ${typeof response} in place of a Response`);
  } catch (error) {
    if (state.isTooLarge()) return problemResponse(tooLarge(options.maxBodySize));
    if (state.isGone(error)) return problemResponse(problem(499));
    logger.error("A request failed", { method: request.method, path: pathOf(request.url), error });
    return problemResponse(problem(500, { detail: isDevelopment ? stackOf(error) : undefined }));
  }
}

export function tooLarge(limit: number): ReturnType<typeof problem> {
  return problem(413, {
    detail: `The body may be ${limit} bytes long at most.`,
    headers: { connection: "close" },
  });
}

export function overloaded(): ReturnType<typeof problem> {
  return problem(503, {
    detail: "Too many requests are being answered at the moment.",
    headers: { "retry-after": "1" },
  });
}

/** A response may be of another realm or library, as with some frameworks: what counts is that it can be sent. */
function isResponse(value: unknown): value is Response {
  if (value instanceof Response) return true;
  const { status, headers } = (value ?? {}) as Partial<Response>;
  return typeof status === "number" && typeof headers?.get === "function";
}

/** `http://host/a?b` → `/a` */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end === -1 ? url.slice(start) : url.slice(start, start + end);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
