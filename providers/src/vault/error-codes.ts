/** The codes of Vault as a source. */
export const vaultErrorCodes = {
  DEXT_CONFIG_VAULT_OPTIONS_INVALID: "What a layer of Vault was given contradicts itself or is not usable",
  DEXT_CONFIG_VAULT_ADDRESS_MISSING: "Nothing says where Vault is",
  DEXT_CONFIG_VAULT_AUTH_MISSING: "Nothing says how to log in to Vault",
  DEXT_CONFIG_VAULT_FILE_UNREADABLE: "A file that is needed to speak to Vault cannot be read",
  DEXT_CONFIG_VAULT_LOGIN_REFUSED: "Vault does not accept a login",
  DEXT_CONFIG_VAULT_SECRET_ID_SPENT: "The secret_id of an AppRole cannot log in again",
  DEXT_CONFIG_VAULT_TOKEN_ENDS: "The token for Vault ends, and there is no way to a new one",
  DEXT_CONFIG_VAULT_FORBIDDEN: "Vault does not allow a token to read a path",
  DEXT_CONFIG_VAULT_PATH_WRONG: "A path is not where Vault has secrets of this kind",
  DEXT_CONFIG_VAULT_REDIRECT_REFUSED: "Vault answered with a redirect that is not followed",
  DEXT_CONFIG_VAULT_ANSWER_INVALID: "Vault answered in a way that a source cannot be read from",
} as const;
