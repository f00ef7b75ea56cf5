import { hostingError } from "../hosting-error.ts";
import { noLauncher } from "../launchers/no-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";
import { currentPlace } from "../model/source-place.ts";

/**
 * Adds a service that runs elsewhere and that Dext does not start: consumers find it like any other.
 *
 * @param url scheme, host and port; a path belongs into the calls of the consumers.
 * @throws DextError `DEXT_MODEL_OPTION_INVALID`
 */
export function addExternalService(host: ModelBuilder, name: string, url: string): ResourceBuilder {
  const { protocol, origin } = checkUrl(name, url);
  const scheme = protocol.slice(0, -1);
  return host.addResource({
    name,
    kind: "external-service",
    endpoints: [{ name: scheme, scheme }],
    launchers: [
      noLauncher({ because: `it runs elsewhere, at ${origin}`, plan: { endpoints: { [scheme]: origin } } }),
    ],
  });
}

function checkUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const reason =
    url === undefined || !/^https?:$/.test(url.protocol)
      ? "it is no http or https URL"
      : url.username !== "" || url.password !== ""
        ? "it has a user or a password"
        : url.pathname !== "/" || url.search !== "" || url.hash !== ""
          ? "it has a path, a query or a fragment"
          : undefined;
  if (url !== undefined && reason === undefined) return url;
  const place = currentPlace();
  throw hostingError(
    "DEXT_MODEL_OPTION_INVALID",
    `Not the address of the external service "${name}": ${reason}${place === undefined ? "" : `, at ${place}`}`,
    { hint: "Give scheme, host and port, such as https://api.example.com.", details: { resource: name } },
  );
}
