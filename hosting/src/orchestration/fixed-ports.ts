import { hostingError } from "../hosting-error.ts";
import type { ResourceModel } from "../model/resource-model.ts";
import { findPortHolder } from "./port-holder.ts";
import { isPortFree } from "./port-reservations.ts";

/**
 * Refuses to start a resource whose fixed port somebody else has.
 *
 * @throws DextError `DEXT_RUN_PORT_TAKEN` naming the process that has it, where the system tells.
 */
export async function checkFixedPorts(resource: ResourceModel): Promise<void> {
  for (const { name: endpoint, port } of resource.endpoints) {
    if (port === undefined || (await isPortFree(port))) continue;
    const holder = await findPortHolder(port);
    const who = holder === undefined ? "another process" : `process ${holder.pid} (${holder.command})`;
    throw hostingError(
      "DEXT_RUN_PORT_TAKEN",
      `Port ${port} of "${resource.name}" (endpoint ${endpoint}) is taken by ${who}`,
      {
        hint: "Stop that process, or give the endpoint another port; without a port a free one is taken.",
        details: {
          resource: resource.name,
          endpoint,
          port,
          ...(holder === undefined ? {} : { pid: holder.pid }),
        },
      },
    );
  }
}
