/** What a URL asks discovery for. */
export interface ServiceQuery {
  /** The service's name in lower case, as URLs have it. */
  name: string;
  /** `admin` of `http://_admin.api`. */
  endpoint?: string;
  /** Schemes in the order in which they are wanted: `https+http://api` gives `["https", "http"]`. */
  schemes: readonly string[];
}

/** What is left of a URL once the part that names a server is cut off. */
export interface SplitUrl {
  /** `https+http://api` */
  prefix: string;
  /** `/users?active=1`, or nothing. */
  rest: string;
}

/** Cuts a URL behind its host, without parsing it. */
export function splitUrl(href: string): SplitUrl {
  const start = href.indexOf("://");
  if (start === -1) return { prefix: href, rest: "" };
  let end = start + 3;
  while (end < href.length && !isEndOfAuthority(href.charCodeAt(end))) end += 1;
  return { prefix: href.slice(0, end), rest: href.slice(end) };
}

/**
 * What the first part of a URL asks for, or `undefined` when it names a server and no service: a port, credentials, a
 * host with a dot or an IP address are real, and so is `localhost`.
 */
export function parseServicePrefix(prefix: string): ServiceQuery | undefined {
  const [, scheme = "", host = ""] = /^([a-z][a-z0-9+.-]*):\/\/([^@:[\]]+)$/i.exec(prefix) ?? [];
  const schemes = scheme.toLowerCase().split("+");
  if (!schemes.every((each) => each === "http" || each === "https")) return undefined;
  const [, endpoint, name = ""] = /^(?:_([^.]+)\.)?([^.]+)$/.exec(host.toLowerCase()) ?? [];
  if (name === "" || name === "localhost") return undefined;
  return { name, schemes, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** A prefix that fetch understands: of several schemes the first. */
export function withFirstScheme(prefix: string): string {
  return prefix.replace(/^(https?)(?:\+https?)+:/i, "$1:");
}

/** `/`, `?`, `#` and `\`, which a URL reads as `/`. */
function isEndOfAuthority(code: number): boolean {
  return code === 47 || code === 63 || code === 35 || code === 92;
}
