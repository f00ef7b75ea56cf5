import { hostingError } from "../hosting-error.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";

/** What the model can say and this engine cannot do, with what to do instead. */
const unsupported: readonly { what: string; hint: string; isAsked: (resource: ResourceModel) => boolean }[] =
  [
    {
      what: "withConfiguration on a resource that is not started",
      hint: "It takes no variables: give the configuration to those that use it.",
      isAsked: (resource) =>
        resource.configurations.length > 0 && resource.launchers.every(({ type }) => type === "none"),
    },
    {
      what: "withReplicas on a resource with a connection",
      hint: "A backing resource runs once.",
      isAsked: (resource) => resource.replicas > 1 && resource.connection !== undefined,
    },
    {
      what: "an https endpoint of a process",
      hint: "There are no development certificates yet: declare it as http.",
      isAsked: (resource) =>
        resource.endpoints.some(({ scheme }) => scheme === "https") &&
        resource.launchers.some(({ type }) => type === "process"),
    },
  ];

/**
 * Refuses, before anything starts, what the model asks for and the run cannot do.
 *
 * @throws DextError `DEXT_RUN_UNSUPPORTED`
 */
export function refuseUnsupported(model: AppModel): void {
  for (const resource of model.resources) {
    const asked = unsupported.find(({ isAsked }) => isAsked(resource));
    if (asked === undefined) continue;
    const place = resource.definedAt === undefined ? "" : `, at ${resource.definedAt}`;
    throw hostingError(
      "DEXT_RUN_UNSUPPORTED",
      `"${resource.name}" uses ${asked.what}, which a run cannot do${place}`,
      {
        hint: asked.hint,
        details: { resource: resource.name, feature: asked.what },
      },
    );
  }
}
