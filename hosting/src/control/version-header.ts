/** The header in which both sides say which version of the control API they speak. */
export const versionHeader = "dext-version";
