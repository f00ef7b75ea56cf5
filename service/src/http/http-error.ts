import { DextError, isDextError } from "@dext/core";

/** The codes of failed requests. */
export type HttpErrorCode =
  | "DEXT_HTTP_STATUS"
  | "DEXT_HTTP_FAILED"
  | "DEXT_HTTP_TIMEOUT"
  | "DEXT_HTTP_REJECTED"
  | "DEXT_HTTP_BODY_INVALID";

/** What is known about a request that failed. Nothing in it holds credentials. */
export interface HttpErrorFacts {
  method: string;
  /** As the caller gave it; credentials and values of secret parameters are `***`. */
  url: string;
  /** Of the answer, when there was one. */
  status?: number | undefined;
  /** The beginning of the answer's body, when there was one. */
  body?: string | undefined;
  /** Milliseconds after which it makes sense to ask again, when somebody has said so. */
  retryAfter?: number | undefined;
  /** How often the request was sent or tried to be. */
  attempts: number;
}

interface HttpErrorParts {
  message: string;
  hint?: string | undefined;
  facts: HttpErrorFacts;
  cause?: unknown;
}

/** A request that failed: no answer, no answer in time, an answer that is not accepted, or a body that cannot be read. */
export class HttpError extends DextError implements HttpErrorFacts {
  override readonly name: string = "HttpError";
  declare readonly code: HttpErrorCode;
  readonly method: string;
  readonly url: string;
  readonly status: number | undefined;
  readonly body: string | undefined;
  readonly retryAfter: number | undefined;
  readonly attempts: number;

  constructor(code: HttpErrorCode, { message, hint, facts, cause }: HttpErrorParts) {
    const details = JSON.parse(JSON.stringify(facts)) as Readonly<Record<string, unknown>>;
    super(message, { code, details, cause, ...(hint === undefined ? {} : { hint }) });
    this.method = facts.method;
    this.url = facts.url;
    this.status = facts.status;
    this.body = facts.body;
    this.retryAfter = facts.retryAfter;
    this.attempts = facts.attempts;
  }
}

/** Whether a value is a {@link HttpError}, also one made by another copy of this package. */
export function isHttpError(value: unknown): value is HttpError {
  return isDextError(value) && value.name === "HttpError";
}
