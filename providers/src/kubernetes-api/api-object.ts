/** The kinds of objects that hold configuration. */
export type ObjectKind = "ConfigMap" | "Secret";

/** One object that a layer reads. */
export interface ObjectReference {
  readonly kind: ObjectKind;
  readonly name: string;
}

/** What the API tells of every object. */
export interface ObjectMetadata {
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** A ConfigMap or a Secret, as far as it is read. */
export interface ApiObject {
  readonly kind?: string;
  readonly metadata?: ObjectMetadata;
  readonly immutable?: boolean;
  /** Text in a ConfigMap, base64 in a Secret. */
  readonly data?: Readonly<Record<string, string>> | null;
  readonly binaryData?: Readonly<Record<string, string>> | null;
}

/** The name of a kind in paths and in rules. */
export const resourceOf: { readonly [kind in ObjectKind]: "configmaps" | "secrets" } = {
  ConfigMap: "configmaps",
  Secret: "secrets",
};

/** `/api/v1/namespaces/web/configmaps`, with the name of an object behind it when one is given. */
export function pathOf(kind: ObjectKind, { namespace, name }: { namespace: string; name?: string }): string {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resourceOf[kind]}`;
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
}
