/** Reasons that rules of several package managers share. */
export const nearlyAlways = {
  pin: "The same file gives another image tomorrow, and a cached layer keeps what was new once.",
  yes: "There is nobody to answer, so the build fails.",
  clean: "What the package manager has fetched stays in the layer, though nothing needs it any more.",
} as const;
