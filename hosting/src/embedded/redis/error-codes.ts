/** The codes of the embedded Redis server. */
export const embeddedRedisErrorCodes = {
  DEXT_EMBEDDED_REDIS_USAGE:
    "The command line of the embedded Redis server has an argument that it does not know or cannot use",
  DEXT_EMBEDDED_REDIS_PORT_TAKEN:
    "Another process listens on the port that the embedded Redis server was given",
  DEXT_EMBEDDED_REDIS_LISTEN_FAILED: "The embedded Redis server cannot listen on its address",
  DEXT_EMBEDDED_REDIS_DATA_FOLDER:
    "The data folder of the embedded Redis server cannot be created or written",
  DEXT_EMBEDDED_REDIS_SNAPSHOT_BROKEN: "The snapshot of the embedded Redis server is damaged or cut off",
  DEXT_EMBEDDED_REDIS_SNAPSHOT_VERSION:
    "The snapshot of the embedded Redis server was written in a format that this version does not read",
  DEXT_EMBEDDED_REDIS_SAVE_FAILED: "The embedded Redis server cannot write its snapshot",
} as const;
