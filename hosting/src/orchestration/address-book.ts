import type { EndpointSnapshot } from "@dext/protocol";
import { hostingError } from "../hosting-error.ts";
import type { ExternalPlan } from "../model/launcher.ts";
import type { ParameterModel, ResourceModel } from "../model/resource-model.ts";
import { resolveNode } from "./resolve-expression.ts";
import type { ExpressionScope } from "./resolve-expression.ts";

/** How an endpoint of one replica is reached from this machine. */
export interface Address {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/** Where everything of one run is: ports that were reserved, resources that are elsewhere, values of parameters. */
export class AddressBook implements ExpressionScope {
  readonly #resources: ReadonlyMap<string, ResourceModel>;
  readonly #parameters: ReadonlyMap<string, { readonly value: string; readonly parameter: ParameterModel }>;
  readonly #addresses: Map<string, Address> = new Map();
  readonly #external: Map<string, ExternalPlan> = new Map();

  constructor(
    resources: readonly ResourceModel[],
    parameters: ReadonlyMap<string, { readonly value: string; readonly parameter: ParameterModel }>,
  ) {
    this.#resources = new Map(resources.map((resource) => [resource.name, resource]));
    this.#parameters = parameters;
  }

  /** Notes the port of an endpoint of a replica that runs on this machine. */
  setPort(
    resource: ResourceModel,
    { endpoint, replica, port }: { endpoint: string; replica: number; port: number },
  ): void {
    const scheme = resource.endpoints.find(({ name }) => name === endpoint)?.scheme ?? "tcp";
    const address = { scheme, host: "localhost", port, url: `${scheme}://localhost:${port}` };
    this.#addresses.set(key(resource.name, { endpoint, replica }), address);
  }

  /** Notes that a resource is there already. */
  setExternal(resource: ResourceModel, plan: ExternalPlan): void {
    this.#external.set(resource.name, plan);
    for (const [endpoint, url] of Object.entries(plan.endpoints ?? {})) {
      this.#addresses.set(key(resource.name, { endpoint, replica: 0 }), parseAddress(url));
    }
  }

  /** The address of an endpoint, or `undefined` when the resource could not be had or is reached without one. */
  find(resource: string, at: { endpoint: string; replica: number }): Address | undefined {
    return this.#addresses.get(key(resource, at));
  }

  /** The endpoints of a replica as lists show them. */
  endpointsOf(resource: ResourceModel, replica: number): readonly EndpointSnapshot[] {
    return resource.endpoints.flatMap(({ name }) => {
      const address = this.find(resource.name, { endpoint: name, replica });
      return address === undefined ? [] : [{ name, url: address.url }];
    });
  }

  endpoint(resource: string, options: Parameters<ExpressionScope["endpoint"]>[1]): string {
    const address = this.find(resource, options);
    if (address === undefined) {
      throw hostingError(
        "DEXT_RUN_NO_ADDRESS",
        `"${resource}" has no address for its endpoint "${options.endpoint}"`,
        {
          hint: `Look at why "${resource}" is not there; what refers to it cannot start without.`,
          details: { resource, endpoint: options.endpoint },
        },
      );
    }
    return options.part === "hostPort" ? `${address.host}:${address.port}` : String(address[options.part]);
  }

  connectionString(resource: string): string {
    const given = this.#external.get(resource)?.connectionString;
    const expression = this.#resources.get(resource)?.connection?.connectionString;
    if (given !== undefined) return given;
    return expression === undefined ? "" : resolveNode(expression.node, this);
  }

  property(resource: string, property: string): string {
    const external = this.#external.get(resource)?.properties;
    // What an external resource does not say stays empty: the model's own value would be a guess.
    if (external !== undefined) return external[property] ?? "";
    const expression = this.#resources.get(resource)?.connection?.properties[property];
    return expression === undefined ? "" : resolveNode(expression.node, this);
  }

  parameter(name: string): string {
    return this.#parameters.get(name)?.value ?? "";
  }
}

function key(resource: string, { endpoint, replica }: { endpoint: string; replica: number }): string {
  return `${resource}/${endpoint}/${replica}`;
}

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  redis: 6379,
  postgres: 5432,
  amqp: 5672,
};

function parseAddress(url: string): Address {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  return {
    scheme,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (defaultPorts[scheme] ?? 0) : Number(port),
    url,
  };
}
