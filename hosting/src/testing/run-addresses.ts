import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EndpointSnapshot } from "@dext/protocol";
import type { ResourceModel } from "../model/resource-model.ts";
import type { AddressBook } from "../orchestration/address-book.ts";

/** Where one resource of a run is. */
export interface ResourceAddresses {
  readonly startsByItself: boolean;
  /** The endpoints of each replica. */
  readonly replicas: readonly (readonly EndpointSnapshot[])[];
  readonly connectionString?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Where everything of a run is. Addresses and values stay what they are for as long as the run lasts. */
export interface RunAddresses {
  readonly resources: Readonly<Record<string, ResourceAddresses>>;
  /** The values of the parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Tells the test where everything is. Connection strings and parameters hold passwords, so they stand in the test's private folder and
 * not in the control API.
 */
export async function writeRunAddresses(
  directory: string,
  {
    resources,
    addresses,
    parameters,
  }: {
    resources: ReadonlyMap<string, ResourceModel>;
    addresses: AddressBook;
    parameters: ReadonlyMap<string, { readonly value: string }>;
  },
): Promise<void> {
  const document: RunAddresses = {
    resources: Object.fromEntries(
      [...resources].map(([name, resource]) => [name, describeAddresses(resource, addresses)]),
    ),
    parameters: Object.fromEntries([...parameters].map(([name, { value }]) => [name, value])),
  };
  await writeFile(pathIn(directory), JSON.stringify(document), { mode: 0o600 });
}

/** What {@link writeRunAddresses} has written. */
export async function readRunAddresses(directory: string): Promise<RunAddresses> {
  return JSON.parse(await readFile(pathIn(directory), "utf8")) as RunAddresses;
}

function pathIn(directory: string): string {
  return join(directory, "addresses.json");
}

function describeAddresses(resource: ResourceModel, addresses: AddressBook): ResourceAddresses {
  const replicas = Array.from({ length: resource.replicas }, (_, replica) =>
    addresses.endpointsOf(resource, replica),
  );
  return {
    startsByItself: !resource.explicitStart,
    replicas,
    ...(resource.connection === undefined ? {} : describeConnection(resource, addresses)),
  };
}

function describeConnection(
  { name, connection }: ResourceModel,
  addresses: AddressBook,
): Pick<ResourceAddresses, "connectionString" | "properties"> {
  try {
    const known = Object.keys(connection?.properties ?? {});
    return {
      connectionString: addresses.connectionString(name),
      properties: Object.fromEntries(known.map((each) => [each, addresses.property(name, each)])),
    };
  } catch {
    // It cannot be had, so it has no address; its state says why.
    return {};
  }
}
