import type { Value } from "./expression.ts";

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
  /** The network that commands of the build use, such as `host`; that of the engine when absent. */
  readonly network?: string;
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
  /** Besides what the resource is given anyway. Its own endpoints stand for their addresses on this machine. */
  readonly environment?: Readonly<Record<string, Value>>;
  /** The port inside the container of each endpoint, by the endpoint's name. */
  readonly targetPorts?: Readonly<Record<string, number>>;
  /**
   * The port inside the container at which other containers reach an endpoint, where that is another one: for servers
   * that tell their clients an address, and so need a listener for each network.
   */
  readonly networkPorts?: Readonly<Record<string, number>>;
  /** The folder inside the container that holds its data; a volume is put there when the data is to survive. */
  readonly dataPath?: string;
  /** The folder inside the container that a fresh server is filled from. */
  readonly initPath?: string;
  /** Linux capabilities that it needs. */
  readonly capabilities?: readonly string[];
  /**
   * `run` (when absent): made for a run and gone with it. `persistent`: stays when the run ends and is taken up again by
   * the next one, unless what it is made from has changed.
   */
  readonly lifetime?: "run" | "persistent";
}

/** The name of a container's image with its tag: `redis:8.2`, `store@sha256:…`. */
export function imageName({ image, tag }: Pick<ContainerDescription, "image" | "tag">): string {
  if (tag === undefined) return image.includes("@") ? image : `${image}:latest`;
  const [name = image, digest] = image.split("@");
  return digest === undefined ? `${name}:${tag}` : `${name}:${tag}@${digest}`;
}
