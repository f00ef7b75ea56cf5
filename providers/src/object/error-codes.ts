/** The codes of the layer of values in code. */
export const objectErrorCodes = {
  DEXT_CONFIG_OBJECT_INVALID: "A layer of values in code holds something that cannot be a value",
} as const;
