/** The codes of Consul as a source. */
export const consulErrorCodes = {
  DEXT_CONFIG_CONSUL_OPTIONS: "The options of a Consul layer contradict each other, or its environment does",
  DEXT_CONFIG_CONSUL_MISSING: "Consul has no keys where a layer that is not optional looks for them",
  DEXT_CONFIG_CONSUL_UNREADABLE:
    "A file that a Consul layer names, with a token or a certificate, cannot be read",
  DEXT_CONFIG_CONSUL_FORBIDDEN: "Consul does not let this token read the keys",
  DEXT_CONFIG_CONSUL_NOT_PERMITTED: "The runtime does not let this process reach Consul",
  DEXT_CONFIG_CONSUL_REFUSED: "Consul says that the request is wrong",
  DEXT_CONFIG_CONSUL_VALUE: "A value in Consul is not what its format or the schema wants",
} as const;
