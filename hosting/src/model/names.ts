import { hostingError } from "../hosting-error.ts";

/**
 * Refuses a name that is no good as a DNS label, since discovery, containers and Kubernetes use it as one.
 *
 * @throws DextError `DEXT_MODEL_NAME_INVALID`
 */
export function checkName(
  name: unknown,
  options: { of: string; place: string | undefined },
): asserts name is string {
  if (typeof name === "string" && /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  const where = options.place === undefined ? "" : ` at ${options.place}`;
  throw hostingError(
    "DEXT_MODEL_NAME_INVALID",
    `Not a name for ${options.of}: ${JSON.stringify(name)}${where}`,
    {
      hint: `Use 1 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last${suggestion(name)}.`,
      details: { name: String(name), ...(options.place === undefined ? {} : { place: options.place }) },
    },
  );
}

function suggestion(name: unknown): string {
  if (typeof name !== "string") return "";
  const better = name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
  return better === "" ? "" : `, for example ${JSON.stringify(better)}`;
}
