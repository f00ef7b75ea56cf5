/** What the client of one kind of server has for the certificates of TLS, in words for hints. */
export interface TlsWords {
  /** How to name an authority: `"tls.ca", or VAULT_CACERT`. */
  readonly authority: string;
  /** How to name the name in the certificate. */
  readonly serverName: string;
}

/** Why no answer came. Where a name has several addresses, all of which fail, it stands in the first one's error. */
export function networkReason(error: unknown): string {
  const { errors, message = "", code = "" } = error as { errors?: unknown; message?: string; code?: string };
  if (Array.isArray(errors) && errors.length > 0) return networkReason(errors[0]);
  return message || code || "the connection failed";
}

/** What to do about it, where the reason says that; undefined where it may be anything. */
export function networkHint(reason: string, { authority, serverName }: TlsWords): string | undefined {
  if (/altname/i.test(reason)) return `Give the name that the certificate has as ${serverName}.`;
  if (/certificate has expired/i.test(reason)) return "Have the certificate of the server renewed.";
  if (/certificate|issuer/i.test(reason)) return `Give the certificate of its authority as ${authority}.`;
  if (/wrong version number|packet length too long|HTTP_REQUEST/i.test(reason))
    return "It speaks no TLS there: give the address with http://, or the port of HTTPS.";
  return undefined;
}
