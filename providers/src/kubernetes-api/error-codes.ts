/** The codes of the API of Kubernetes as a source. */
export const kubernetesApiErrorCodes = {
  DEXT_CONFIG_KUBERNETES_OBJECT_INVALID: "A layer names no object of Kubernetes, or one that cannot exist",
  DEXT_CONFIG_KUBERNETES_OBJECT_MISSING: "A ConfigMap or Secret that is not optional is not there",
  DEXT_CONFIG_KUBERNETES_CONNECTION_MISSING: "There is neither a cluster around the program nor a kubeconfig",
  DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID: "The way to a cluster that is configured cannot be used",
  DEXT_CONFIG_KUBERNETES_UNAUTHORIZED: "The API of Kubernetes does not accept the credentials",
  DEXT_CONFIG_KUBERNETES_FORBIDDEN: "The API of Kubernetes forbids what a layer needs",
  DEXT_CONFIG_KUBERNETES_REFUSED: "The API of Kubernetes refuses a request",
  DEXT_CONFIG_KUBERNETES_ANSWER_INVALID: "What answers is not, or not as it should be, the API of Kubernetes",
  DEXT_CONFIG_KUBERNETES_BINARY: "An object of Kubernetes holds bytes where the schema wants text",
} as const;
