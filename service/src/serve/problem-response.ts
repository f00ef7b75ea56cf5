import { STATUS_CODES } from "node:http";

/** An answer that says what went wrong, in the form of RFC 9457. */
export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** `{ "title": "Internal Server Error", "status": 500 }`; `detail` is for whoever asked, so it must be no secret. */
export function problem(
  status: number,
  { detail, headers = {} }: { detail?: string | undefined; headers?: Record<string, string> } = {},
): Problem {
  const title = STATUS_CODES[status] ?? "Error";
  return {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: JSON.stringify({ title, status, ...(detail === undefined ? {} : { detail }) }),
  };
}

export function problemResponse({ status, headers, body }: Problem): Response {
  return new Response(body, { status, headers });
}
