import type { Value } from "../model/expression.ts";
import type { Launcher } from "../model/launcher.ts";
import { launcherError } from "./error-codes.ts";

/** How an image is made, where it is not pulled. */
export interface ImageBuild {
  /** The folder that is sent to the engine, relative to the AppHost's. */
  readonly context: string;
  /** Relative to the context; `Dockerfile` when absent. */
  readonly dockerfile?: string;
  /** The stage to stop at; the last one when absent. */
  readonly target?: string;
  /** Build arguments. */
  readonly args?: Readonly<Record<string, string>>;
}

/** A container, as data: engines run it, publishers write it down. */
export interface ContainerDescription {
  /** With the registry where it is not Docker Hub: `redis`, `ghcr.io/acme/store`. */
  readonly image: string;
  /** `latest` when absent. */
  readonly tag?: string;
  readonly build?: ImageBuild;
  /** Instead of the image's own entry point. */
  readonly entrypoint?: readonly string[];
  /** Instead of the image's own command. */
  readonly args?: readonly Value[];
  /** Besides what the resource is given anyway. */
  readonly environment?: Readonly<Record<string, Value>>;
  /** The port inside the container of each endpoint, by the endpoint's name. */
  readonly targetPorts?: Readonly<Record<string, number>>;
  /** The folder inside the container that holds its data; a volume is put there when the data is to survive. */
  readonly dataPath?: string;
  /** The folder inside the container that a fresh server is filled from. */
  readonly initPath?: string;
  /** Linux capabilities that it needs. */
  readonly capabilities?: readonly string[];
}

/** A launcher that describes a container. */
export interface ContainerLauncher extends Launcher {
  readonly type: "container";
  readonly container: ContainerDescription;
}

/** Whether a launcher describes a container. */
export function isContainerLauncher(launcher: Launcher): launcher is ContainerLauncher {
  return launcher.type === "container" && "container" in launcher;
}

/**
 * A resource as a container. This version describes containers and does not run them: the launcher says so, and the
 * next way to have the resource is tried.
 */
export function containerLauncher(container: ContainerDescription): ContainerLauncher {
  return {
    type: "container",
    container: Object.freeze({ ...container }),
    async probe() {
      return {
        works: false,
        because: "this version of Dext does not run containers yet",
        remedy: `Start ${imageName(container)} by hand and give its address in configuration`,
      };
    },
    async plan({ resource }) {
      throw launcherError(
        "DEXT_LAUNCH_CONTAINERS_UNSUPPORTED",
        `"${resource.name}" was to be run as a container of ${imageName(container)}, and this version of Dext does not run containers`,
        {
          hint: `Start it by hand and set ConnectionStrings__${resource.name}, or choose another way with .withLauncher(…).`,
          details: { resource: resource.name, image: imageName(container) },
        },
      );
    },
  };
}

function imageName({ image, tag = "latest" }: ContainerDescription): string {
  return `${image}:${tag}`;
}
