import { containerLauncher } from "../launchers/container-launcher.ts";
import type { Value } from "../model/expression.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";
import { splitImage } from "./image-name.ts";

/** Options of {@link addContainer}. Ports, variables and volumes are given as to any resource, with `with…`. */
export interface ContainerOptions {
  /** Instead of the one in the image's name. */
  tag?: string;
  /** Instead of the image's own entry point. */
  entrypoint?: readonly string[];
  /** Instead of the image's own command. */
  args?: readonly Value[];
  /** Linux capabilities that it needs. */
  capabilities?: readonly string[];
  /**
   * `run` (when absent): made for a run and gone with it. `persistent`: goes on when the run ends and is taken up again by
   * the next one, unless what it is made from has changed. For what takes long to start.
   */
  lifetime?: "run" | "persistent";
}

/**
 * Adds a container of an image, run by Docker or Podman.
 *
 * An endpoint's `targetPort` is the port inside the container; on this machine it is published at 127.0.0.1 only.
 *
 * @example
 * ```ts
 * import { addContainer, createBuilder } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * addContainer(host, "mail", { image: "axllent/mailpit:v1.27" }).withHttpEndpoint({ targetPort: 8025 });
 * ```
 */
export function addContainer(
  host: ModelBuilder,
  name: string,
  options: ContainerOptions & { image: string },
): ResourceBuilder {
  const { image, ...rest } = options;
  return host.addResource({
    name,
    kind: "container",
    launchers: [containerLauncher({ ...splitImage(image, { resource: name }), ...rest })],
  });
}
