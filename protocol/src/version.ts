/** The version that every `--json` document and the control API carry. */
export const protocolVersion = 1;
