/** The codes of `.env` files as a source. */
export const dotenvErrorCodes = {
  DEXT_CONFIG_DOTENV_INVALID: "A .env file has a line that cannot be read",
  DEXT_CONFIG_DOTENV_UNREADABLE: "A .env file is there and cannot be read",
  DEXT_CONFIG_DOTENV_REFERENCE_INVALID: "A reference to another variable in a .env file cannot be resolved",
} as const;
