/** The codes of `@dext/project`. */
export const projectErrorCodes = {
  DEXT_PROJECT_FOLDER_MISSING: "The folder of a project does not exist",
  DEXT_PROJECT_FOLDER_NOT_DIRECTORY: "The folder of a project is a file or a device",
  DEXT_PROJECT_FILE_UNREADABLE: "A file or folder of a project cannot be read",
  DEXT_PROJECT_NOTHING_FOUND: "A folder holds nothing that makes it a Node, Deno or Bun project",
  DEXT_PROJECT_MANIFEST_INVALID: "A package.json or deno.json is no JSON object",
  DEXT_PROJECT_SCRIPT_UNKNOWN: "A project has no script of the name that was asked for",
  DEXT_PROJECT_NO_ENTRY_POINT: "A project has neither a script nor a file that can be run",
  DEXT_PROJECT_LINT_RULE_UNKNOWN: "An option of the Dockerfile linter names a rule that there is not",
} as const;
