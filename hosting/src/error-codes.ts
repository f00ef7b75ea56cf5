/** The codes of `@dext/hosting`, code → what it means. */
export const hostingErrorCodes = {
  DEXT_DISCOVERY_NAME_COLLISION:
    "Two references of one resource give an environment variable different meanings",
  DEXT_MODEL_ENDPOINT_UNKNOWN: "An endpoint is referred to that the resource does not have",
  DEXT_MODEL_EXPRESSION_IN_TEXT: "A reference was pasted into text, where its value is not known yet",
  DEXT_MODEL_FOREIGN_REFERENCE: "A resource of another builder is used",
  DEXT_MODEL_LAUNCHER_UNKNOWN: "A resource is to be had in a way that its kind does not know",
  DEXT_MODEL_NAME_INVALID: "A resource, parameter or endpoint has a name that is not valid",
  DEXT_MODEL_NAME_TAKEN: "Two resources, or two parameters, have one name",
  DEXT_MODEL_OPTION_INVALID: "An option of the model has a value that is not valid",
  DEXT_MODEL_PORT_TAKEN: "Two resources fix one port",
  DEXT_MODEL_PROPERTY_UNKNOWN: "A connection property is referred to that the resource does not have",
  DEXT_MODEL_VARIABLE_INVALID: "An environment variable has a name that is not valid",
  DEXT_MODEL_WAIT_CYCLE: "Resources wait for each other",
} as const;
