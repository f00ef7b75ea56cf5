import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { controlError } from "./error-codes.ts";

const largestBody = 64 * 1024;

/** The text of a request's body. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when it is too large: the refusal still has to go out.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) {
      throw controlError(
        "DEXT_CONTROL_REQUEST_TOO_LARGE",
        `The body has more than ${largestBody} bytes, the most that is taken`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
