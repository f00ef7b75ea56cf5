/** The codes of volumes of Kubernetes as a source. */
export const kubernetesVolumeErrorCodes = {
  DEXT_CONFIG_VOLUME_UNREADABLE: "A mounted volume is there and cannot be read",
  DEXT_CONFIG_VOLUME_BINARY: "A file of a mounted volume holds bytes where the schema wants text",
} as const;
