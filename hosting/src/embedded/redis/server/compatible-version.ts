/** The release of Redis whose answers this server gives. */
export const compatibleVersion = "7.0.15";
