import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Credentials } from "./connection.ts";

/**
 * Looks at a client certificate before a request is made with it: with one that cannot be used the request would fail as if
 * nobody answered, without a key it would be nobody's, and through a proxy, whose agent reads it outside of any request, it
 * would end the process.
 *
 * @param fail makes the error.
 */
export function checkClientCertificate(
  { cert, key }: Pick<Credentials, "cert" | "key">,
  fail: (why: string) => Error,
): void {
  if (cert === undefined) return;
  if (key === undefined) throw fail("there is a client certificate without its key");
  let isPair: boolean;
  try {
    isPair = new X509Certificate(cert as Buffer).checkPrivateKey(createPrivateKey(key as Buffer));
  } catch (error) {
    throw fail(`the client certificate or its key cannot be read: ${(error as Error).message}`);
  }
  if (!isPair) throw fail("the client certificate and the client key do not belong together");
}
