import { hostingError } from "../hosting-error.ts";

/**
 * Cuts an image's tag off: `ghcr.io:443/acme/store:1.2` → `ghcr.io:443/acme/store` and `1.2`. A digest stays with the name.
 *
 * @throws DextError `DEXT_MODEL_OPTION_INVALID`
 */
export function splitImage(
  image: string,
  { resource }: { resource: string },
): { image: string; tag?: string } {
  const match = /^([\w][\w.:/-]*?)(?::([\w][\w.-]{0,127}))?(@[\w+.-]+:[0-9a-fA-F]+)?$/.exec(image);
  const [, name, tag, digest = ""] = match ?? [];
  if (name === undefined || tag?.includes("/") === true) {
    throw hostingError(
      "DEXT_MODEL_OPTION_INVALID",
      `Not an image for "${resource}": ${JSON.stringify(image)}`,
      {
        hint: "Give a name such as nginx, nginx:1.29 or ghcr.io/acme/store:2.",
        details: { resource },
      },
    );
  }
  return { image: `${name}${digest}`, ...(tag === undefined ? {} : { tag }) };
}
