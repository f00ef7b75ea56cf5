import { serviceError } from "../service-error.ts";
import { redactUrl } from "../redact-url.ts";
import { splitUrl } from "./service-url.ts";

/** Where a service listens. */
export interface Address {
  /** What takes the place of `http://api` in a URL: `http://localhost:51234`, without a slash at its end. */
  base: string;
  /** Scheme, host and port of it: what refuses connections. */
  server: string;
}

/** A value that says where a service listens, and where it was found. */
export interface AddressText {
  text: string;
  /** `the variable "services__api__http__0"`, for errors. */
  origin: string;
}

/**
 * Reads an address: a URL, or `host:port`, which gets the scheme that is asked for.
 *
 * @throws DextError `DEXT_SERVICE_ADDRESS_INVALID`
 */
export function parseAddress({ text, origin }: AddressText, scheme: string): Address {
  const trimmed = text.trim();
  const full = trimmed.includes("://") ? trimmed : `${scheme}://${trimmed}`;
  const url = URL.parse(full);
  if (url === null || url.hostname === "" || url.search !== "" || url.hash !== "") {
    throw serviceError(
      "DEXT_SERVICE_ADDRESS_INVALID",
      `No address can be read from ${origin}: it is "${redactUrl(trimmed)}", wanted is "http://host:port" or "host:port"`,
      { hint: "Correct the value, or leave it out so that the name goes to DNS.", details: { origin } },
    );
  }
  return { base: url.href.replace(/\/+$/, ""), server: serverOf(url.href) };
}

/** Scheme, host and port of a URL, without credentials and without parsing it. */
export function serverOf(href: string): string {
  const { prefix } = splitUrl(href);
  const at = prefix.lastIndexOf("@");
  return at === -1 ? prefix : prefix.slice(0, prefix.indexOf("://") + 3) + prefix.slice(at + 1);
}
