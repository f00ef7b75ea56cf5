import { treeOfEntries } from "../kubernetes-volume/tree-of-entries.ts";
import type { KubernetesEntry } from "../kubernetes-volume/tree-of-entries.ts";
import type { Shape } from "../schema/shape.ts";
import type { ObjectNode, Origin } from "../tree/config-tree.ts";
import type { ApiObject, ObjectReference } from "./api-object.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";

const provider = "kubernetes-api";

/** The tree of an object, read as a mounted volume of it is; each value tells the object's version. */
export function treeOfObject(
  object: ApiObject,
  {
    reference,
    namespace,
    shape,
  }: { reference: ObjectReference; namespace: string; shape: Shape | undefined },
): Promise<ObjectNode> {
  const { kind, name } = reference;
  const version = object.metadata?.resourceVersion ?? "";
  const place = `${kind} ${namespace}/${name} (version ${version})`;
  const entryOf = (key: string, content: Pick<KubernetesEntry, "bytes" | "binary">): KubernetesEntry => ({
    ...content,
    name: key,
    shown: `${place} ${key}`,
    details: { kind, namespace, name, key, resourceVersion: version },
  });
  const isSecret = kind === "Secret";
  const entries = [
    ...Object.entries(object.data ?? {}).map(([key, text]) =>
      entryOf(key, { bytes: Buffer.from(text, isSecret ? "base64" : "utf8") }),
    ),
    ...Object.entries(object.binaryData ?? {}).map(([key, text]) =>
      entryOf(key, { bytes: Buffer.from(text, "base64"), binary: true }),
    ),
  ];
  const origin: Origin = {
    provider,
    location: place,
    details: { kind, namespace, name, resourceVersion: version },
  };
  return treeOfEntries(entries, { origin, secret: isSecret, shape, unwantedBytes });
}

function unwantedBytes({ shown, name }: KubernetesEntry): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_BINARY",
    `The key "${name}" holds bytes that are no text, and the schema does not want bytes there: ${shown}`,
    { hint: "Let the schema want a Uint8Array there, or store text.", details: { key: name } },
  );
}
