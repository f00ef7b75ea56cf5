import { containerLauncher } from "../launchers/container-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";
import type { ContainerOptions } from "./add-container.ts";

/** Options of {@link addDockerfile}. */
export interface DockerfileOptions extends Omit<ContainerOptions, "tag"> {
  /** Relative to the context; `Dockerfile` when absent. */
  dockerfile?: string;
  /** The stage to stop at; the last one when absent. */
  target?: string;
  /** Build arguments. */
  buildArgs?: Readonly<Record<string, string>>;
  /** The network that commands of the build use, such as `"host"`; that of the engine when absent. */
  buildNetwork?: string;
}

/**
 * Adds a container of an image that is built from a folder with a Dockerfile; the folder is relative to the AppHost's.
 * It is built at every start; what has not changed comes from the engine's cache. A `.dockerignore` is honoured. A
 * Dockerfile that `dext dockerfile` wrote for a member of a workspace is built from the workspace's root.
 */
export function addDockerfile(
  host: ModelBuilder,
  name: string,
  options: DockerfileOptions & { context: string },
): ResourceBuilder {
  const { context, dockerfile, target, buildArgs, buildNetwork, ...rest } = options;
  return host.addResource({
    name,
    kind: "dockerfile",
    launchers: [
      containerLauncher({
        image: name,
        build: {
          context,
          ...(dockerfile === undefined ? {} : { dockerfile }),
          ...(target === undefined ? {} : { target }),
          ...(buildArgs === undefined ? {} : { args: buildArgs }),
          ...(buildNetwork === undefined ? {} : { network: buildNetwork }),
        },
        ...rest,
      }),
    ],
  });
}
