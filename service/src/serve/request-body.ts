import { serviceError } from "../service-error.ts";

/** What reading a body fails with that is longer than allowed. */
export class BodyTooLarge extends Error {
  override readonly name: string = "BodyTooLarge";
}

/** The length that a request announces; `undefined` when it announces none or nonsense. */
export function announcedLength(header: string | null | undefined): number | undefined {
  return header !== null && header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
}

/** Passes a body on up to a number of bytes, then fails with {@link BodyTooLarge}. */
export function limitBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { limit, onExceeded }: { limit: number; onExceeded: () => void },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let length = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        length += chunk.byteLength;
        if (length <= limit) {
          controller.enqueue(chunk);
          return;
        }
        onExceeded();
        controller.error(new BodyTooLarge(`The body is longer than ${limit} bytes`));
      },
    }),
  );
}

export function checkedBodySize(bytes: number): number {
  if (bytes === Infinity || (Number.isInteger(bytes) && bytes >= 0)) return bytes;
  throw serviceError(
    "DEXT_SERVICE_OPTION_INVALID",
    `maxBodySize is ${bytes}, wanted is a number of bytes from 0`,
    {
      hint: "Give whole bytes, or Infinity for no limit.",
    },
  );
}
