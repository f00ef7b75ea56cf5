import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isSecret } from "@dext/core";
import type { Secret } from "@dext/core";
import type { LoadContext } from "../definition/provider.ts";
import { connectionOf } from "../remote/connection-string.ts";
import { vaultError } from "./vault-error.ts";
import { trimSlashes } from "./vault-options.ts";
import type { VaultAuth, VaultOptions } from "./vault-options.ts";

/** Where Vault is and how it lets in, with everything that the surroundings say. */
export interface VaultSettings {
  /** Without a slash at its end. */
  readonly address: string;
  /** `""`: none. */
  readonly namespace: string;
  readonly auth: VaultAuth;
  readonly tls: TlsFiles;
}

/** What stands in the files of TLS. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: false;
}

type Surroundings = Pick<LoadContext, "variables" | "directory" | "environment" | "logger">;

/**
 * What a layer was given, completed by the variables of the environment.
 *
 * @throws DextError `DEXT_CONFIG_VAULT_ADDRESS_MISSING`, `DEXT_CONFIG_VAULT_AUTH_MISSING`,
 * `DEXT_CONFIG_VAULT_FILE_UNREADABLE`, `DEXT_CONFIG_CONNECTION_INVALID`
 */
export async function vaultSettings(options: VaultOptions, context: Surroundings): Promise<VaultSettings> {
  const { connection } = options;
  const resource = connection === undefined ? undefined : connectionOf(connection, context);
  const address = resource?.address ?? options.address ?? variable("VAULT_ADDR", context);
  if (address === undefined || !/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) {
    throw vaultError(
      "DEXT_CONFIG_VAULT_ADDRESS_MISSING",
      address === undefined ? "Nothing says where Vault is" : `The address of Vault is not one: "${address}"`,
      { hint: 'Set VAULT_ADDR, or give the layer an "address" such as "https://vault.internal:8200".' },
    );
  }
  const namespace = trimSlashes(options.namespace ?? variable("VAULT_NAMESPACE", context) ?? "");
  const auth = options.auth ?? (await foundAuth(resource?.token, context));
  const tls = await tlsFiles(options.tls ?? {}, context);
  // Every path begins with `/v1/`, which some know as a part of the address.
  return { address: address.replace(/(?:\/+v1)?\/*$/, ""), namespace, auth, tls };
}

/** The text of a file, without white space around it: editors and `echo` end files with a newline. */
export async function readTrimmed(
  path: string,
  {
    directory,
    what,
    hint = "Look whether it is there, and at its rights.",
  }: { directory: string; what: string; hint?: string },
): Promise<string> {
  const file = resolve(directory, path);
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw vaultError("DEXT_CONFIG_VAULT_FILE_UNREADABLE", `${what} cannot be read: "${file}"`, {
      hint,
      cause,
      details: { file },
    });
  }
}

/** A secret as text. */
export function revealed(secret: string | Secret): string {
  return isSecret(secret) ? secret.reveal() : secret;
}

async function foundAuth(tokenOfResource: string | undefined, context: Surroundings): Promise<VaultAuth> {
  const token = tokenOfResource ?? variable("VAULT_TOKEN", context);
  if (token !== undefined) return { token };
  const home = variable("HOME", context);
  if (context.environment === "development" && home !== undefined) {
    const tokenFile = join(home, ".vault-token");
    try {
      if ((await readFile(tokenFile, "utf8")).trim() !== "") return { tokenFile };
    } catch {
      // Nobody has logged in on this machine.
    }
  }
  throw vaultError("DEXT_CONFIG_VAULT_AUTH_MISSING", "Nothing says how to log in to Vault", {
    hint: 'Set VAULT_TOKEN, or give the layer an "auth": { kubernetes: … }, { appRole: … }, { tokenFile: … }.',
  });
}

async function tlsFiles(
  { ca, cert, key, serverName, verify }: NonNullable<VaultOptions["tls"]>,
  context: Surroundings,
): Promise<TlsFiles> {
  const { directory } = context;
  const read = async (path: string | undefined, what: string): Promise<string | undefined> =>
    path === undefined ? undefined : readTrimmed(path, { directory, what });
  const [caText, certText, keyText] = await Promise.all([
    read(ca ?? variable("VAULT_CACERT", context), "The certificate of Vault's authority"),
    read(cert ?? variable("VAULT_CLIENT_CERT", context), "The certificate for Vault"),
    read(key ?? variable("VAULT_CLIENT_KEY", context), "The key for Vault"),
  ]);
  const name = serverName ?? variable("VAULT_TLS_SERVER_NAME", context);
  // As Go reads it.
  const isVerified = verify ?? !/^(1|t|true)$/i.test(variable("VAULT_SKIP_VERIFY", context) ?? "");
  if (!isVerified)
    context.logger.warn("The certificate of Vault is not verified: anybody can be that server");
  return {
    ...(caText === undefined ? {} : { ca: caText }),
    ...(certText === undefined ? {} : { cert: certText }),
    ...(keyText === undefined ? {} : { key: keyText }),
    ...(name === undefined ? {} : { servername: name }),
    ...(isVerified ? {} : { rejectUnauthorized: false }),
  };
}

/** A variable that is set to something. */
function variable(name: string, { variables }: Surroundings): string | undefined {
  try {
    return (variables ?? process.env)[name]?.trim() || undefined;
  } catch {
    // Deno, without the permission to read this one.
    return undefined;
  }
}
