import type { TargetTree } from "../../plan/target-tree.ts";
import type { Code } from "./code.ts";
import { resourcesIn, value } from "./code.ts";
import { endpointsOf, findCalledPorts, readPorts, textsIn } from "./compose-endpoints.ts";
import { noteFields, noteNeedless } from "./compose-fields.ts";
import { mapping } from "./compose-mapping.ts";
import type { ComposeProject, ComposeService } from "./compose-file.ts";
import { readVariables } from "./compose-environment.ts";
import { formOf } from "./compose-form.ts";
import type { ComposeForm } from "./compose-form.ts";
import { fillIn } from "./compose-values.ts";
import type { ComposePort, FillIn } from "./compose-values.ts";
import type { FoundProject } from "./find-projects.ts";
import { healthRequestOf } from "./health-path.ts";
import type { FoundEndpoint, Host, HostDirectory, OwnVariable } from "./hosts.ts";
import type { FoundParameters } from "./parameters.ts";
import type { KnownKind } from "./known-images.ts";
import { toResourceName } from "./resource-names.ts";
import type { ResourceNames } from "./resource-names.ts";
import type { FoundResource, Link, Note } from "./system.ts";
import { partOf } from "./translate-service.ts";
import type { ServicePart } from "./translate-service.ts";
import type { NamedService } from "./named-service.ts";

/** What a Compose file is translated with. */
export interface ComposeContext {
  readonly tree: TargetTree;
  readonly projects: readonly FoundProject[];
  readonly names: ResourceNames;
  readonly parameters: FoundParameters;
}

/** What a Compose file says. */
export interface TranslatedCompose {
  readonly resources: readonly FoundResource[];
  readonly notes: readonly Note[];
  /** The projects that are among the resources, by their paths. */
  readonly taken: ReadonlyMap<string, readonly string[]>;
  readonly directory: HostDirectory;
  /** The resources of databases, which values of others may have asked for since. */
  readonly databases: () => readonly FoundResource[];
}

/** Translates the services of a Compose file, in their order. */
export function translateCompose(compose: ComposeProject, context: ComposeContext): TranslatedCompose {
  const notes: Note[] = [...compose.others];
  const services = nameServices(compose, { ...context, notes });
  const databases: FoundResource[] = [];
  const directory: HostDirectory = {
    byName: new Map(services.flatMap((service) => aliasesOf(service).map((alias) => [alias, service.host]))),
    database: (host, name) => databaseOf(host, { name, names: context.names, databases }),
  };
  for (const { host } of services) addOwnDatabase(host, directory);
  const needless = new Set<string>();
  const parts = new Map<NamedService, ServicePart>();
  // The server before its clients, so that a password is known by the server's name for it.
  for (const named of services.toSorted((a, b) => dependenceOf(a, services) - dependenceOf(b, services))) {
    parts.set(named, partOf(named, { compose, directory, ...context }));
  }
  const ordered = services.map((named) => {
    const part = parts.get(named) as ServicePart;
    const fields = noteFields(named.service, { form: named.form, resource: named.host.name });
    for (const field of fields.needless) needless.add(field);
    notes.push(...part.notes, ...fields.notes);
    return part;
  });
  const resources = ordered.map(({ resource, waits }) => ({
    ...resource,
    links: linksOf(resource, { waits, services }),
  }));
  for (const resource of resources) notes.push(...noteReach(resource, services));
  return {
    resources,
    notes: [...notes, ...noteNeedless(compose, needless)],
    taken: takenProjects(services),
    directory,
    databases: () => databases,
  };
}

/** How many others a service names. */
function dependenceOf({ service, host }: NamedService, services: readonly NamedService[]): number {
  const { environment, depends_on: waits, command } = service.fields;
  const words = new Set(
    textsIn([environment, waits, Object.keys(mapping(waits)), command]).flatMap((text) =>
      text.split(/[^\w.-]+/),
    ),
  );
  return services.filter((other) => other.host !== host && words.has(other.service.key)).length;
}

function nameServices(
  compose: ComposeProject,
  { tree, projects, names, parameters, notes }: ComposeContext & { notes: Note[] },
): NamedService[] {
  const called = findCalledPorts(
    compose.services.flatMap(({ fields, variables }) =>
      textsIn(fields).map((text) => fillIn(variables)(text) ?? text),
    ),
    compose.services.map(({ key }) => key),
  );
  const named = compose.services.flatMap((service): NamedService[] => {
    const fill = fillIn(service.variables);
    const form = formOf(service, { projects, fill });
    if (form.form === "none") {
      notes.push({ ...service.place, text: `"${service.key}" is left out: ${form.reason}` });
      return [];
    }
    const { ports, unread } = readPorts(service, fill);
    const name = names.claim(service.key, { otherwise: "service" });
    if (form.form === "known") for (const end of ["password", "token"]) parameters.reserve(`${name}-${end}`);
    for (const index of unread) {
      notes.push({ ...service.placeOf("ports", index), resource: name, text: "this port is not translated" });
    }
    const datagrams = form.form === "known" ? [] : ports.filter(({ isUdp }) => isUdp);
    for (const target of new Set(datagrams.map((port) => port.target))) {
      const text = `port ${target} is one of UDP, and is not translated`;
      notes.push({ ...service.placeOf("ports"), resource: name, text });
    }
    const endpoints = endpointsOf(form, {
      ports,
      called: new Map([...(called.get(service.key) ?? []), ...askedForHealth(service, { form, fill })]),
    });
    const host: Host = {
      name,
      ...(form.form === "known"
        ? { kind: form.kind, own: ownVariables(service, { tree, fill, kind: form.kind }) }
        : {}),
      endpoints: form.form === "project" ? withServed(endpoints, form.project) : endpoints,
      published: new Map(
        ports.flatMap(({ published, target }) =>
          published === undefined || (isOptional({ service }) && form.form !== "known")
            ? []
            : [[published, target]],
        ),
      ),
      databases: new Map(),
    };
    return [{ service, form, host, ports, fill }];
  });
  return withOwnPorts(named, notes);
}

/** The port at which a container is asked for its health, which nobody else may know. */
function askedForHealth(
  { fields }: ComposeService,
  { form, fill }: { form: ComposeForm; fill: FillIn },
): [number, string][] {
  const port = healthRequestOf(fields["healthcheck"], fill)?.port;
  return port === undefined || form.form === "project" ? [] : [[port, "http"]];
}

/** What the variables of a server say of those who connect to it. */
function ownVariables(
  service: ComposeService,
  { tree, fill, kind }: { tree: TargetTree; fill: FillIn; kind: KnownKind },
): Map<string, OwnVariable> {
  const { variables } = readVariables(service, { tree, fill, resource: "", isProcess: false });
  return new Map(
    variables.flatMap(({ name, text }): [string, OwnVariable][] => {
      const property = connectionVariables.find(
        ([method, pattern]) => method === kind.method && pattern.test(name),
      )?.[2];
      return property === undefined || text === "" ? [] : [[name, { text, property }]];
    }),
  );
}

/** What each kind takes from its variables. A file of variables often has those of several servers. */
const connectionVariables: readonly (readonly [string, RegExp, OwnVariable["property"]])[] = [
  ["addPostgres", /^POSTGRES(?:QL)?_USER(?:NAME)?$/, "username"],
  ["addPostgres", /^POSTGRES(?:QL)?_PASS(?:WORD)?$/, "password"],
  ["addPostgres", /^POSTGRES(?:QL)?_(?:DB|DATABASE)$/, "databaseName"],
  ["addRabbitMQ", /^RABBITMQ(?:_DEFAULT)?_USER(?:NAME)?$/, "username"],
  ["addRabbitMQ", /^RABBITMQ(?:_DEFAULT)?_PASS(?:WORD)?$/, "password"],
  ["addRedis", /^(?:REDIS|VALKEY)_PASS(?:WORD)?$/, "password"],
];

/** A port can be fixed for one resource only, also where others have it in other profiles: those get free ones. */
function withOwnPorts(services: readonly NamedService[], notes: Note[]): NamedService[] {
  const owners = new Map<number, string>();
  const asked = [...services.filter((each) => !isOptional(each)), ...services.filter(isOptional)];
  for (const { ports, host, form } of asked) {
    if (form.form === "known") continue;
    for (const { published, isUdp } of ports) {
      if (published !== undefined && !isUdp && !owners.has(published)) owners.set(published, host.name);
    }
  }
  return services.map((named) => {
    const { host, ports, service } = named;
    const own = ports.map((port): ComposePort => {
      const owner = owners.get(port.published ?? 0);
      if (port.published === undefined || owner === undefined || owner === host.name) return port;
      const text = `port ${port.published} is that of "${owner}", and a free one is taken instead`;
      notes.push({ ...service.placeOf("ports"), resource: host.name, text });
      return { target: port.target, isUdp: port.isUdp };
    });
    return { ...named, ports: own };
  });
}

/** Whether it only runs when somebody asks for its profile. */
function isOptional({ service }: Pick<NamedService, "service">): boolean {
  return service.fields["profiles"] !== undefined;
}

/** A project that serves has an endpoint, whether or not the Compose file publishes it. */
function withServed(
  endpoints: readonly FoundEndpoint[],
  { serves, description }: FoundProject,
): FoundEndpoint[] {
  const isThere = endpoints.some(({ scheme }) => scheme === "http");
  if (isThere || !serves) return [...endpoints];
  return [{ name: "http", scheme: "http", port: description.port?.value ?? 3000 }, ...endpoints];
}

/** What other containers call a service. */
function aliasesOf({ service: { key, fields } }: NamedService): string[] {
  const networks = Object.values(mapping(fields["networks"])).flatMap((network) => {
    const { aliases } = mapping(network);
    return Array.isArray(aliases) ? (aliases as unknown[]) : [];
  });
  return [key, fields["container_name"], fields["hostname"], ...networks].filter(
    (each) => typeof each === "string",
  );
}

/** `POSTGRES_DB`: the server's only database, unless it is the one that every server has. */
function addOwnDatabase(host: Host, directory: HostDirectory): void {
  const own = [...(host.own?.values() ?? [])].find(({ property }) => property === "databaseName");
  const isName = own !== undefined && own.text !== "postgres" && !own.text.includes("\u0001");
  if (isName) directory.database(host, own.text);
}

function databaseOf(
  host: Host,
  { name, names, databases }: { name: string; names: ResourceNames; databases: FoundResource[] },
): string {
  const known = host.databases.get(name);
  if (known !== undefined) return known;
  const isServers = toResourceName(name) === host.name;
  const wanted = isServers ? `${host.name}-database` : names.has(name) ? `${host.name}-${name}` : name;
  const resource = names.claim(wanted, { otherwise: `${host.name}-database` });
  host.databases.set(name, resource);
  databases.push({
    name: resource,
    label: `database "${name}" of ${host.name}`,
    place: { file: "" },
    parent: host.name,
    method: "addDatabase",
    args: resource === name ? [] : [{ kind: "options", entries: [["databaseName", value(name)]] }],
    chain: [],
    environment: [],
    links: [],
  });
  return resource;
}

/** References to whatever is named or depended on; waits as `depends_on` has them, and for backing resources always. */
function linksOf(
  { name, environment, chain }: FoundResource,
  { waits, services }: { waits: readonly Link[]; services: readonly NamedService[] },
): Link[] {
  const codes: Code[] = [...environment.map(([, code]) => code), ...chain.flatMap(({ args }) => args)];
  const named = new Set(codes.flatMap(resourcesIn).filter((each) => each !== name));
  const links: Link[] = [];
  const add = (link: Link): void => {
    if (!links.some(({ to, how }) => to === link.to && how === link.how)) links.push(link);
  };
  const serverOf = (resource: string): NamedService | undefined =>
    services.find(({ host }) => host.name === resource || [...host.databases.values()].includes(resource));
  for (const { to, how } of waits) {
    const server = services.find(({ host }) => host.name === to);
    const inside = [...(server?.host.databases.values() ?? [])];
    const meant = inside.filter((each) => named.has(each));
    const targets = meant.length > 0 ? meant : inside.length === 1 ? inside : [to];
    for (const target of targets) {
      const canBeReferred = (server?.host.endpoints.length ?? 0) > 0 && how !== "waitForCompletion";
      if (canBeReferred) add({ to: target, how: "withReference" });
      add({ to: target, how });
    }
  }
  for (const resource of named) {
    const server = serverOf(resource);
    if (server === undefined || (server.host.endpoints.length === 0 && server.form.form !== "known"))
      continue;
    add({ to: resource, how: "withReference" });
    const waitsAlready = links.some(({ to, how }) => to === resource && how !== "withReference");
    if (server.form.form === "known" && !waitsAlready) add({ to: resource, how: "waitFor" });
  }
  return links;
}

/** What code of a service has to know that the Compose file did not ask of it. */
function noteReach(resource: FoundResource, services: readonly NamedService[]): Note[] {
  const { name, place, links, environment } = resource;
  const self = services.find(({ host }) => host.name === name);
  const about = { ...place, resource: name };
  const codes = environment.map(([, code]) => code);
  const named = new Set(codes.flatMap(resourcesIn));
  return services.flatMap(({ host, form }): Note[] => {
    const names = [host.name, ...host.databases.values()];
    const isNamed = names.some((each) => named.has(each));
    const isLinked = links.some(({ to, how }) => how === "withReference" && names.includes(to));
    const variable = host.name.toUpperCase().replaceAll("-", "_");
    if (
      form.form === "known" &&
      form.kind.method === "addRedis" &&
      isNamed &&
      !givesPassword(codes, host.name)
    ) {
      return [
        {
          ...about,
          text: `"${host.name}" has a password here: it is in ${variable}_PASSWORD and ${variable}_URI`,
        },
      ];
    }
    const isElsewhere = [self?.form.form, form.form].some((each) => each === "project" || each === "known");
    if (!isLinked || isNamed || !isElsewhere) return [];
    const example = form.form === "known" ? `${variable}_URI` : `${variable}_HTTP`;
    return [
      {
        ...about,
        text: `"${host.name}" is found by variables such as ${example}, not by its name in the Compose file`,
      },
    ];
  });
}

function givesPassword(codes: readonly Code[], resource: string): boolean {
  return codes.some((code): boolean => {
    if (code.kind === "join") return givesPassword(code.parts, resource);
    return (
      code.kind === "property" && code.resource === resource && ["uri", "password"].includes(code.property)
    );
  });
}

function takenProjects(services: readonly NamedService[]): Map<string, string[]> {
  const taken = new Map<string, string[]>();
  for (const { form, host } of services) {
    if (form.form !== "project") continue;
    taken.set(form.project.path, [...(taken.get(form.project.path) ?? []), host.name]);
  }
  return taken;
}
