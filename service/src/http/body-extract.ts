import type { HttpResponse } from "./http-response.ts";

/** Bytes of an answer's body that an error carries. */
const longestExtract = 2_048;

/** The beginning of a body as text, the rest is not waited for. `undefined` when there is none or it is no text. */
export async function extractBody(response: HttpResponse): Promise<string | undefined> {
  const { body, headers } = response;
  if (body === null) return undefined;
  if (!isText(headers.get("content-type"))) {
    await body.cancel().catch(() => {});
    return undefined;
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    while (length < longestExtract) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, longestExtract - length), { stream: true });
      length += value.byteLength;
    }
  } catch {
    // What has come is worth telling.
  }
  await reader.cancel().catch(() => {});
  if (text === "") return undefined;
  return length > longestExtract ? `${text}…` : text;
}

/** `text/html`, `application/json`, `application/problem+json`, and an answer that does not say. */
function isText(type: string | null): boolean {
  return type === null || /^text\/|[/+](?:json|xml|x-www-form-urlencoded)\b|javascript/i.test(type);
}
