/** Those that are sent: `node:http` has all of them, and takes 30 ms to load. */
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  413: "Content Too Large",
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

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
  const title = titles[status] ?? "Error";
  return {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: JSON.stringify({ title, status, ...(detail === undefined ? {} : { detail }) }),
  };
}

export function problemResponse({ status, headers, body }: Problem): Response {
  return new Response(body, { status, headers });
}
