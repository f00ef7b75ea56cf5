import type { ConfigReader } from "@dext/core";
import type { AddressText } from "./address.ts";

/** `Services:api:http:0`, `:1` …, or `Services:api:http` alone. Read at each call: configuration may be loaded anew. */
export function configurationAddresses(
  configuration: ConfigReader,
  { name, endpoint }: { name: string; endpoint: string },
): AddressText[] {
  const path = `Services:${name}:${endpoint}`;
  const found: AddressText[] = [];
  for (let index = 0; ; index += 1) {
    const text = configuration.get(`${path}:${index}`);
    if (text === undefined || text.trim() === "") break;
    found.push({ text, origin: `the configuration "${path}:${index}"` });
  }
  const only = found.length === 0 ? configuration.get(path) : undefined;
  return only === undefined || only.trim() === ""
    ? found
    : [{ text: only, origin: `the configuration "${path}"` }];
}
