import { isDextError } from "@dext/core";
import { isRejection, parseRetryAfter, retryAfterOf } from "@dext/resilience";
import { redactUrl } from "../redact-url.ts";
import { CallTimeout } from "./call-limit.ts";
import { HttpError } from "./http-error.ts";
import type { HttpErrorFacts } from "./http-error.ts";
import type { HttpResponse } from "./http-response.ts";
import type { PreparedRequest } from "./request-options.ts";

/** A body that is not what it should be. It is no failure of the network: to ask again would not help. */
export class UnreadableBody extends Error {
  readonly text: string;

  constructor(text: string, cause: unknown) {
    super("The body is no JSON", { cause });
    this.text = text;
  }
}

interface Failed {
  request: PreparedRequest;
  attempts: number;
}

/** The error for an answer whose status the caller does not accept. */
export function statusError(
  { status, headers }: HttpResponse,
  { request, attempts, body }: Failed & { body: string | undefined },
): HttpError {
  const asked = headers.get("retry-after");
  const retryAfter = asked === null ? undefined : parseRetryAfter(asked);
  return new HttpError("DEXT_HTTP_STATUS", {
    message: `${describe(request)} was answered ${status}${triedText(attempts)}`,
    facts: { ...factsOf(request), attempts, status, body, retryAfter },
  });
}

/**
 * What a request failed with, as an error that says which request. What is a mistake of the program, such as a service
 * without an address, says so itself and stays as it is.
 */
export function toHttpError(error: unknown, { request, attempts }: Failed): unknown {
  const facts: HttpErrorFacts = { ...factsOf(request), attempts };
  if (error instanceof UnreadableBody) {
    return new HttpError("DEXT_HTTP_BODY_INVALID", {
      message: `${describe(request)} was answered with a body that is no JSON`,
      facts: { ...facts, body: error.text.slice(0, 500) },
      cause: error.cause,
    });
  }
  if (error instanceof CallTimeout || isRejection(error, "DEXT_RESILIENCE_TIMEOUT")) {
    return new HttpError("DEXT_HTTP_TIMEOUT", {
      message: `${describe(request)} took too long${triedText(attempts)}: ${error.message}`,
      facts,
      cause: error,
    });
  }
  if (isRejection(error)) {
    return new HttpError("DEXT_HTTP_REJECTED", {
      message: `${describe(request)} was not sent: ${error.message}`,
      hint: error.hint,
      facts: { ...facts, retryAfter: retryAfterOf(error) },
      cause: error,
    });
  }
  if (isDextError(error)) return error;
  return new HttpError("DEXT_HTTP_FAILED", {
    message: `${describe(request)} got no answer${triedText(attempts)}: ${reasonOf(error)}`,
    hint: isUnknownName(error)
      ? `No variable or configuration tells where ${request.authority} is, and DNS does not know it.`
      : undefined,
    facts,
    cause: error,
  });
}

function describe({ method, href }: PreparedRequest): string {
  return `${method} ${redactUrl(href)}`;
}

function factsOf({ method, href }: PreparedRequest): { method: string; url: string } {
  return { method, url: redactUrl(href) };
}

function triedText(attempts: number): string {
  return attempts > 1 ? ` after ${attempts} attempts` : "";
}

/** fetch says "fetch failed" and keeps what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const text = cause instanceof Error && cause.message !== "" ? cause.message : error.message;
  return redactUrl(text);
}

/** Node: `getaddrinfo ENOTFOUND api`; Deno: `dns error: failed to lookup address information`. */
function isUnknownName(error: unknown): boolean {
  return /ENOTFOUND|EAI_AGAIN|dns error|failed to lookup/i.test(reasonOf(error));
}
