import type { ObjectKind, ObjectReference } from "./api-object.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";

/** RFC 1123 subdomain and label, as Kubernetes wants them for names of objects and of namespaces. */
const objectName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const namespaceName = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * The objects that a layer names, ConfigMaps before Secrets.
 *
 * @throws DextError `DEXT_CONFIG_KUBERNETES_OBJECT_INVALID`
 */
export function checkObjects({
  configMap = [],
  secret = [],
  namespace,
}: {
  configMap: string | readonly string[] | undefined;
  secret: string | readonly string[] | undefined;
  namespace: string | undefined;
}): readonly ObjectReference[] {
  if (namespace !== undefined && !namespaceName.test(namespace)) {
    throw invalid(`"${namespace}" cannot be the name of a namespace`);
  }
  const objects = [...referencesOf("ConfigMap", configMap), ...referencesOf("Secret", secret)];
  if (objects.length === 0) throw invalid('kubernetesApi() needs a "configMap" or a "secret"');
  return objects;
}

/** The error for objects that are not there. */
export function missingObjects(objects: readonly ObjectReference[], namespace: string): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_OBJECT_MISSING",
    `There is no ${listObjects(objects)} in the namespace "${namespace}"`,
    {
      hint: "Create it, name the namespace, or make the layer optional.",
      details: { namespace, missing: objects.map(({ kind, name }) => `${kind}/${name}`) },
    },
  );
}

/** `ConfigMap "shop", Secret "shop-db"` */
export function listObjects(objects: readonly ObjectReference[]): string {
  return objects.map(({ kind, name }) => `${kind} "${name}"`).join(", ");
}

function referencesOf(kind: ObjectKind, names: string | readonly string[]): readonly ObjectReference[] {
  const distinct = [...new Set(typeof names === "string" ? [names] : names)];
  return distinct.map((name) => {
    if (!objectName.test(name)) throw invalid(`"${name}" cannot be the name of a ${kind}`);
    return { kind, name };
  });
}

function invalid(message: string): Error {
  return kubernetesApiError("DEXT_CONFIG_KUBERNETES_OBJECT_INVALID", message, {
    hint: 'Name objects as kubectl does: lower-case letters, digits, "-" and "."; namespaces without ".".',
  });
}
