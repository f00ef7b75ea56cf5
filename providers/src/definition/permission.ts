/**
 * One thing that a layer has to be allowed by the system in which its source lives. A layer tells what it needs without
 * any I/O, so that a policy can be written before the service has ever run (`dext config rbac`), and so that the error of
 * a refused request can show what is missing.
 */
export type Permission = KubernetesPermission | VaultPermission | ConsulPermission;

/** Verbs on one named object of the API of Kubernetes. */
export interface KubernetesPermission {
  readonly system: "kubernetes";
  /** The namespace of the object; absent: the one that the service runs in. */
  readonly namespace?: string;
  readonly resource: "configmaps" | "secrets";
  readonly name: string;
  readonly verbs: readonly ("get" | "list" | "watch")[];
}

/** Capabilities on one path of Vault. */
export interface VaultPermission {
  readonly system: "vault";
  /** The namespace in which the policy is to be written; absent: that of the server's root. */
  readonly namespace?: string;
  /** As a policy has it, without a slash in front: `team/kv/data/api`. */
  readonly path: string;
  readonly capabilities: readonly ("create" | "read" | "update" | "delete" | "list")[];
}

/** A rule on a key, or on all keys that begin in one way, of Consul. */
export interface ConsulPermission {
  readonly system: "consul";
  readonly partition?: string;
  readonly namespace?: string;
  readonly resource: "key" | "key_prefix";
  /** The key, or how keys begin: `shop/api/`. */
  readonly name: string;
  readonly policy: "read" | "list";
}
