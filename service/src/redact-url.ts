import { mask } from "@dext/core";

/** Names of query parameters whose values are secrets. */
const secretParameter =
  /^(?:.*(?:token|secret|passwo?r?d|signature|credential|api[-_]?key|access[-_]?key.*)|sig|auth|authorization|key|code|jwt)$/i;

/** A URL as it may be shown: without its credentials and without the values of parameters that hold secrets. */
export function redactUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${mask}@`)
    .replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, separator: string, name: string) =>
      secretParameter.test(decoded(name)) ? `${separator}${name}=${mask}` : whole,
    );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
