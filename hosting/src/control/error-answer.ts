import { isDextError, toErrorDocument } from "@dext/core";
import type { ErrorDocument } from "@dext/core";

/** How an error travels: the document says what it is, the status helps those who read only that. */
export function toErrorAnswer(error: unknown): { status: number; document: ErrorDocument } {
  const document = toErrorDocument(error);
  return { status: isDextError(error) ? statusOf(document.error.code) : 500, document };
}

/** Whether a value that came over the socket is an {@link ErrorDocument}. */
export function isErrorDocument(value: unknown): value is ErrorDocument {
  const error = (value as { error?: unknown } | null)?.error;
  return (
    typeof error === "object" &&
    error !== null &&
    typeof (error as { code?: unknown }).code === "string" &&
    typeof (error as { message?: unknown }).message === "string"
  );
}

const statuses: Readonly<Record<string, number>> = {
  DEXT_CONTROL_REQUEST_INVALID: 400,
  DEXT_CONTROL_VERSION_UNSUPPORTED: 400,
  DEXT_CONTROL_UNAUTHORIZED: 401,
  DEXT_CONTROL_ROUTE_UNKNOWN: 404,
  DEXT_CONTROL_METHOD_NOT_ALLOWED: 405,
  DEXT_CONTROL_REQUEST_TOO_LARGE: 413,
  DEXT_INTERNAL: 500,
};

/** What the run itself refuses was a proper request that its state does not allow. */
function statusOf(code: string): number {
  return statuses[code] ?? (/_(UNKNOWN|NOT_FOUND)$/.test(code) ? 404 : 409);
}
