import { remoteError } from "./remote-error.ts";

/**
 * Imports the client library of a source when it is first used: a service without that source need not have it.
 *
 * @param load `() => import("consul")`, written out where it is called, so that bundlers see it.
 * @throws DextError `DEXT_CONFIG_CLIENT_MISSING`
 */
export async function importClient<Module>(
  load: () => Promise<Module>,
  { library, source }: { library: string; source: string },
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, library)) throw error;
    throw remoteError("DEXT_CONFIG_CLIENT_MISSING", `${source} needs the package "${library}"`, {
      hint: `Install it: ${"Deno" in globalThis ? "deno add npm:" : "npm install "}${library}`,
      cause: error,
      details: { library },
    });
  }
}

/** The library itself, not something that it in turn fails to find. */
function isMissing(error: unknown, library: string): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  const names = error.message.includes(`'${library}'`) || error.message.includes(`"${library}"`);
  // Deno: `TypeError: Import "consul" not a dependency`, `Could not find package 'consul' from referrer …`.
  return (code === "ERR_MODULE_NOT_FOUND" || error instanceof TypeError) && names;
}
