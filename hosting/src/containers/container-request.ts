import { createHash } from "node:crypto";
import type { MountModel } from "../model/resource-model.ts";

/** A port of a container that is published on this machine. */
export interface PublishedPort {
  /** The name of the endpoint. */
  readonly endpoint: string;
  /** Inside the container. */
  readonly target: number;
  /** On 127.0.0.1. */
  readonly host: number;
}

/** What a container is made from. */
export interface ContainerRequestOptions {
  image: string;
  entrypoint?: readonly string[];
  args?: readonly string[];
  environment: Readonly<Record<string, string>>;
  ports: readonly PublishedPort[];
  /** Volumes by the names that they have in the engine, files and folders by absolute paths. */
  mounts: readonly MountModel[];
  /** Given to volumes that are made for it. */
  volumeLabels: Readonly<Record<string, string>>;
  capabilities?: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** The network that it is in, and its names there. */
  network: string;
  aliases: readonly string[];
  /** Name → address, beside those of the network. */
  hosts: Readonly<Record<string, string>>;
}

/** The body of `POST /containers/create`. */
export function containerRequest(options: ContainerRequestOptions): object {
  const { image, entrypoint, args, environment, ports, mounts, capabilities, network } = options;
  return {
    Image: image,
    ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
    ...(args === undefined ? {} : { Cmd: args }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: options.labels,
    ExposedPorts: Object.fromEntries(ports.map(({ target }) => [`${target}/tcp`, {}])),
    HostConfig: {
      NetworkMode: network,
      PortBindings: portBindings(ports),
      Mounts: mounts.map(({ type, source, target, readOnly }) => ({
        Type: type,
        Source: source,
        Target: target,
        ReadOnly: readOnly,
        ...(type === "volume" ? { VolumeOptions: { Labels: options.volumeLabels } } : {}),
      })),
      ExtraHosts: Object.entries(options.hosts).map(([name, address]) => `${name}:${address}`),
      ...(capabilities === undefined ? {} : { CapAdd: capabilities }),
      RestartPolicy: { Name: "no" },
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: options.aliases } } },
  };
}

/** A mark of what a container is made from, without what differs from run to run although nothing has changed. */
export function configurationHash(
  options: ContainerRequestOptions,
  { imageId }: { imageId: string },
): string {
  const { hosts: _hosts, labels: _labels, ports, environment, ...rest } = options;
  const targets = ports.map(({ target }) => target);
  const variables = Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify({ ...rest, targets, variables, imageId });
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** One port of the container may stand for several endpoints. */
function portBindings(
  ports: readonly PublishedPort[],
): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { target, host } of ports) {
    (bindings[`${target}/tcp`] ??= []).push({ HostIp: "127.0.0.1", HostPort: String(host) });
  }
  return bindings;
}
