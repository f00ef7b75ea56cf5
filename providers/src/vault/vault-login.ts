import type { ConfigNote, LoadContext } from "../definition/provider.ts";
import { AppRoleLogin } from "./app-role-login.ts";
import type { Life } from "./life-keeper.ts";
import { VaultRefusal } from "./vault-client.ts";
import type { VaultAnswer, VaultClient } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";
import { trimSlashes } from "./vault-options.ts";
import type { VaultKubernetes } from "./vault-options.ts";
import { readTrimmed, revealed } from "./vault-settings.ts";
import type { VaultSettings } from "./vault-settings.ts";

/** A token with what is known of it. */
export interface LoginResult {
  readonly token: string;
  /** Undefined: nobody has said so yet, as with a token that was given. */
  readonly life: Life | undefined;
}

/** One way to come by a token. */
export interface VaultLogin {
  /** Its tokens are ours to revoke; false for tokens that were given. */
  readonly own: boolean;
  /** What is worth knowing of it after a login. */
  readonly notes: readonly ConfigNote[];
  /**
   * Logs in, or reads the token that was given.
   *
   * @throws DextError `DEXT_CONFIG_VAULT_LOGIN_REFUSED`, `DEXT_CONFIG_VAULT_SECRET_ID_SPENT`,
   * `DEXT_CONFIG_VAULT_FILE_UNREADABLE`
   */
  login(signal: AbortSignal): Promise<LoginResult>;
}

/** The way to log in that the settings name. */
export function vaultLogin(
  { auth }: VaultSettings,
  { client, context }: { client: VaultClient; context: Pick<LoadContext, "directory" | "logger"> },
): VaultLogin {
  const { directory } = context;
  if ("token" in auth) {
    const token = usableToken(revealed(auth.token).trim());
    return { own: false, notes: [], login: () => Promise.resolve({ token, life: undefined }) };
  }
  if ("tokenFile" in auth) {
    return {
      own: false,
      notes: [],
      login: async () => {
        const token = await readTrimmed(auth.tokenFile, { directory, what: "The token for Vault" });
        return { token: usableToken(token, auth.tokenFile), life: undefined };
      },
    };
  }
  if ("appRole" in auth) return new AppRoleLogin(auth.appRole, { client, context });
  return {
    own: true,
    notes: [],
    login: (signal) => kubernetesLogin(auth.kubernetes, { client, directory, signal }),
  };
}

/** What can stand in a header. */
function usableToken(token: string, file?: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const place = file === undefined ? "" : ` in the file "${file}"`;
  throw vaultError(
    "DEXT_CONFIG_VAULT_OPTIONS_INVALID",
    `The token for Vault${place} ${token === "" ? "is empty" : "holds characters that no header can have"}`,
    { hint: "Look at what writes it. A token is one word, such as hvs.…", details: { file: file ?? null } },
  );
}

/** Where Kubernetes puts the token of the pod's service account. It replaces it within the hour. */
const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

async function kubernetesLogin(
  { role, mount, jwtFile = serviceAccountToken }: VaultKubernetes,
  { client, directory, signal }: { client: VaultClient; directory: string; signal: AbortSignal },
): Promise<LoginResult> {
  const jwt = await readTrimmed(jwtFile, {
    directory,
    what: "The token of the service account",
    hint: 'A pod has it, unless its "automountServiceAccountToken" is false; elsewhere give another "jwtFile", or another way to log in.',
  });
  const path = `auth/${mountName(mount, "kubernetes")}/login`;
  try {
    return loginResult(await client({ method: "POST", path, body: { role, jwt }, signal }), path);
  } catch (error) {
    throw asLoginError(error, {
      path,
      hint: `Look at the role "${role}" of that method: the service account and its namespace have to be bound to it. "vault auth list" shows whether the method is there.`,
    });
  }
}

/** A mount without slashes around, so that there is no `auth//login`. */
export function mountName(mount: string | undefined, otherwise: string): string {
  return trimSlashes(mount ?? "").replace(/^auth\//, "") || otherwise;
}

/** The token in the answer to a login. */
export function loginResult({ auth }: VaultAnswer, path: string): LoginResult {
  const { client_token: token, lease_duration: seconds = 0, renewable } = auth ?? {};
  if (typeof token !== "string" || token === "") {
    throw vaultError("DEXT_CONFIG_VAULT_ANSWER_INVALID", `The login "${path}" gave no token`, {
      hint: "Look whether the method asks for more than a login has, such as a second factor.",
      details: { path },
    });
  }
  return { token, life: { ttl: Number(seconds) * 1000, renewable: renewable === true } };
}

/** What to say of a login that was refused; other errors as they are. */
export function asLoginError(error: unknown, { path, hint }: { path: string; hint: string }): unknown {
  if (!(error instanceof VaultRefusal)) return error;
  return vaultError(
    "DEXT_CONFIG_VAULT_LOGIN_REFUSED",
    `Vault refuses the login "${path}" (${error.message})`,
    {
      hint,
      details: { path, status: error.status },
    },
  );
}
