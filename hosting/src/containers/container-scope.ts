import { isContainerLauncher } from "../launchers/container-launcher.ts";
import type { EndpointPart } from "../model/expression.ts";
import type { ResourceModel } from "../model/resource-model.ts";
import type { Address, AddressBook } from "../orchestration/address-book.ts";
import type { LauncherChoice } from "../orchestration/choose-launcher.ts";
import { resolveNode } from "../orchestration/resolve-expression.ts";
import type { ExpressionScope } from "../orchestration/resolve-expression.ts";
import { containerError } from "./error-codes.ts";
import type { HostForwards, HostTarget } from "./host-forwards.ts";
import { hostName } from "./run-network.ts";
import type { RunNetwork } from "./run-network.ts";

/** What {@link ContainerScope} takes. */
export interface ContainerScopeOptions {
  /** The resource that is told. */
  resource: ResourceModel;
  resources: ReadonlyMap<string, ResourceModel>;
  choices: ReadonlyMap<string, LauncherChoice>;
  /** Where everything is as seen from this machine. */
  addresses: AddressBook;
  network: RunNetwork;
  forwards: HostForwards;
}

/**
 * Where everything is as seen from a container of the run: another container at its name and its own port, a process of
 * this machine at `host.docker.internal` and the port of a forwarder, what is elsewhere at the same address as for all.
 */
export class ContainerScope implements ExpressionScope {
  readonly #options: ContainerScopeOptions;

  constructor(options: ContainerScopeOptions) {
    this.#options = options;
  }

  endpoint(resource: string, options: { endpoint: string; replica: number; part: EndpointPart }): string {
    const found = this.#find(resource, options);
    // Says by its error that the resource could not be had.
    if (found === undefined) return this.#options.addresses.endpoint(resource, options);
    const { host, port, scheme } = found;
    switch (options.part) {
      case "host":
        return host;
      case "port":
        return String(port);
      case "scheme":
        return scheme;
      case "hostPort":
        return `${host}:${port}`;
      case "url":
        return `${scheme}://${host}:${port}`;
    }
  }

  connectionString(resource: string): string {
    const { addresses, resources } = this.#options;
    if (this.#isExternal(resource)) return this.#translate(addresses.connectionString(resource), resource);
    const node = resources.get(resource)?.connection?.connectionString.node;
    return node === undefined ? "" : resolveNode(node, this);
  }

  property(resource: string, property: string): string {
    const { addresses, resources } = this.#options;
    if (this.#isExternal(resource)) {
      const value = addresses.property(resource, property);
      const [from, to] = this.#loopbacks(resource)[0] ?? [];
      if (from === undefined || to === undefined) return value;
      if (property === "host" && isLoopback(value)) return to.host;
      if (property === "port" && value === String(from.port)) return String(to.port);
      return this.#translate(value, resource);
    }
    const node = resources.get(resource)?.connection?.properties[property]?.node;
    return node === undefined ? "" : resolveNode(node, this);
  }

  parameter(name: string): string {
    return this.#options.addresses.parameter(name);
  }

  /** A URL on this machine as a container reaches it: `http://localhost:4318` → `http://host.docker.internal:23817`. */
  hostUrl(url: string): string {
    const target = urlTarget(url);
    if (target === undefined) return url;
    const { host, port } = this.#onHost(target, { what: url });
    const translated = new URL(url);
    translated.host = `${host}:${port}`;
    // Not a slash more than there was.
    return url.endsWith("/") ? translated.href : translated.href.replace(/\/$/, "");
  }

  #find(
    resource: string,
    at: { endpoint: string; replica: number; part: EndpointPart },
  ): { host: string; port: number; scheme: string } | undefined {
    const { resources, choices, addresses } = this.#options;
    const model = resources.get(resource);
    const launcher = choices.get(resource)?.launcher;
    const address = addresses.find(resource, at);
    if (model !== undefined && launcher !== undefined && isContainerLauncher(launcher)) {
      const endpoint = model.endpoints.find(({ name }) => name === at.endpoint);
      const { networkPorts = {}, targetPorts = {} } = launcher.container;
      const port =
        networkPorts[at.endpoint] ?? targetPorts[at.endpoint] ?? endpoint?.targetPort ?? address?.port ?? 0;
      return { host: containerAlias(model, at.replica), port, scheme: endpoint?.scheme ?? "tcp" };
    }
    if (address === undefined) return undefined;
    const { scheme } = address;
    return isLoopback(address.host)
      ? { scheme, ...this.#onHost(address, { what: `"${resource}"` }) }
      : { scheme, host: address.host, port: address.port };
  }

  #onHost(target: HostTarget, { what }: { what: string }): { host: string; port: number } {
    const { network, forwards, resource } = this.#options;
    if (network.host.by === "engine") return { host: hostName, port: target.port };
    const port = network.host.by === "forwarders" ? forwards.portOf(loopbackTarget(target)) : undefined;
    if (port !== undefined) return { host: hostName, port };
    const because = network.host.by === "nothing" ? network.host.because : "it has no forwarder";
    throw containerError(
      "DEXT_CONTAINER_HOST_UNREACHABLE",
      `The container of "${resource.name}" refers to ${what} on this machine, which it cannot reach: ${because}`,
      {
        hint: "Run what it refers to as a container too, or use an engine that runs as root or in a virtual machine.",
        details: { resource: resource.name },
      },
    );
  }

  #isExternal(resource: string): boolean {
    return this.#options.choices.get(resource)?.launcher?.type === "external";
  }

  /** Each address of an external resource that means this machine, and what a container has to use instead. */
  #loopbacks(resource: string): [Address, { host: string; port: number }][] {
    const { addresses, resources } = this.#options;
    return (resources.get(resource)?.endpoints ?? []).flatMap(({ name }) => {
      const address = addresses.find(resource, { endpoint: name, replica: 0 });
      if (address === undefined || !isLoopback(address.host)) return [];
      return [[address, this.#onHost(address, { what: `"${resource}"` })]];
    });
  }

  /** `localhost:6379` and `Host=localhost;Port=5432` in what somebody wrote into configuration. */
  #translate(text: string, resource: string): string {
    let translated = text;
    for (const [from, to] of this.#loopbacks(resource)) {
      translated = translated
        .replace(
          new RegExp(String.raw`(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]):${from.port}(?!\d)`, "gi"),
          `${to.host}:${to.port}`,
        )
        .replace(
          /((?:^|;)\s*(?:Host|Server)\s*=\s*)(?:localhost|127\.0\.0\.1|::1)(?=\s*(?:;|$))/gi,
          `$1${to.host}`,
        )
        .replace(
          new RegExp(String.raw`((?:^|;)\s*Port\s*=\s*)${from.port}(?=\s*(?:;|$))`, "gi"),
          `$1${to.port}`,
        );
    }
    return translated;
  }
}

/** The name of one replica of a container in the network of the run. */
export function containerAlias({ name, replicas }: ResourceModel, replica: number): string {
  return replicas === 1 ? name : `replica-${replica}.${name}`;
}

/** What a URL points to when it is on this machine. */
export function urlTarget(url: string): HostTarget | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (!isLoopback(host)) return undefined;
  return loopbackTarget({ host, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) });
}

/** One target, however loopback is called; `localhost` also reaches what listens on `::1` only. */
export function loopbackTarget({ port }: HostTarget): HostTarget {
  return { host: "localhost", port };
}

/** Whether an address means the machine that it is used on. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0)$/i.test(host);
}
