import { printJson, printLine, printProgress } from "@dext/hosting/output";
import { consulRules, formatManifests, kubernetesRoles, vaultPolicy } from "@dext/providers";
import type { KubernetesRoleManifest, Permission } from "@dext/providers";
import type { CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { exitCodes } from "../exit-code.ts";
import type { FoundDefinition } from "./load-definition.ts";
import { neededPermissions } from "./needed-permissions.ts";

const systems = ["kubernetes", "vault", "consul"] as const;

type System = (typeof systems)[number];

/** What each system is to be told, in its own notation. */
interface Policies {
  kubernetes: readonly KubernetesRoleManifest[];
  /** One policy for each namespace of Vault. */
  vault: readonly { namespace?: string; policy: string }[];
  consul: string;
}

/** `dext config rbac [system]`: prints the narrowest permissions that a service needs for its sources. */
export async function rbac(
  input: CommandInput,
  { found, names }: { found: FoundDefinition; names: readonly string[] },
): Promise<number> {
  const wanted = wantedSystem(names);
  const { definition, directory } = found;
  const all = await neededPermissions(definition, { directory, environment: input.text("env") });
  const permissions = all.filter(({ system }) => wanted === undefined || system === wanted);
  const policies = policiesFor(permissions, input);
  const assumed = assumedHome(permissions, input);
  if (assumed !== undefined) printProgress(assumed);
  if (input.flag("json")) printJson({ version: 1, permissions, ...policies });
  else if (permissions.length === 0) printProgress(nothingNeeded(wanted));
  else printLine(await format(policies));
  return exitCodes.done;
}

function policiesFor(permissions: readonly Permission[], input: CommandInput): Policies {
  const serviceAccount = input.text("service-account");
  const namespace = input.text("namespace");
  const inVault = permissions.filter(({ system }) => system === "vault");
  const namespaces = new Set(inVault.map((each) => ("namespace" in each ? each.namespace : undefined)));
  return {
    kubernetes: kubernetesRoles(permissions, {
      ...(serviceAccount === undefined ? {} : { serviceAccount }),
      ...(namespace === undefined ? {} : { namespace }),
    }),
    vault: [...namespaces].map((place) => {
      const chosen = place === undefined ? {} : { namespace: place };
      return { ...chosen, policy: vaultPolicy(inVault, chosen) };
    }),
    consul: consulRules(permissions),
  };
}

/** Who a RoleBinding is for depends on where the service runs, which layers that name the namespace of an object do not tell. */
function assumedHome(permissions: readonly Permission[], input: CommandInput): string | undefined {
  const account = input.text("service-account");
  if (account === undefined || input.text("namespace") !== undefined) return undefined;
  const named = permissions.flatMap((each) => (each.system === "kubernetes" ? (each.namespace ?? []) : []));
  if (named.length === 0) return undefined;
  const places = [...new Set(named)].map((name) => `"${name}"`).join(" and ");
  return `The service account "${account}" is taken for the one in ${places}, where objects are: give --namespace <name> where the service runs elsewhere`;
}

/** Each part begins with a comment that says what takes it; YAML and HCL have the same ones. */
async function format({ kubernetes, vault, consul }: Policies): Promise<string> {
  const parts: string[] = [];
  if (kubernetes.length > 0) {
    parts.push(`# Kubernetes: kubectl apply -f -\n${await formatManifests(kubernetes)}`);
  }
  for (const { namespace, policy } of vault) {
    const where = namespace === undefined ? "" : `-namespace=${namespace} `;
    parts.push(`# Vault: vault policy write ${where}<name> -\n${policy}`);
  }
  if (consul !== "") parts.push(`# Consul: consul acl policy create -name <name> -rules -\n${consul}`);
  return parts.join("\n").trimEnd();
}

function wantedSystem(names: readonly string[]): System | undefined {
  const [name, unexpected] = names;
  const system = systems.find((each) => each === name);
  const wrong = name !== undefined && system === undefined ? name : unexpected;
  if (wrong === undefined) return system;
  throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", `dext config rbac does not take "${wrong}"`, {
    hint: `It takes one of: ${systems.join(", ")}.`,
    details: { argument: wrong },
  });
}

function nothingNeeded(wanted: System | undefined): string {
  const where = wanted === undefined ? "anything of Kubernetes, Vault or Consul" : `anything of ${wanted}`;
  return `No layer needs ${where}`;
}
