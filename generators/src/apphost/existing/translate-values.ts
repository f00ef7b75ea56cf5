import type { Code } from "./code.ts";
import { join, value } from "./code.ts";
import { endpointOf, findHost } from "./hosts.ts";
import type { Host, HostDirectory, OwnVariable } from "./hosts.ts";
import type { FoundParameters } from "./parameters.ts";
import { isPlainValue, isSecretName, isSecretValue } from "./secrets.ts";
import type { Place } from "./system.ts";

/** A variable of a service, its value as far as it is known. */
export interface Variable {
  readonly name: string;
  readonly text: string;
  readonly place: Place;
}

/** Whose variables these are, and what they may refer to. */
export interface TranslationContext {
  /** The resource that has them. */
  readonly resource: string;
  readonly directory: HostDirectory;
  readonly parameters: FoundParameters;
  /** Whether `localhost` is this machine: for a process. */
  readonly isLocal: boolean;
  /** What the resource is tied to besides: `depends_on`. */
  readonly partners: readonly string[];
}

/**
 * The variables of a service with references in place of addresses, and parameters in place of secrets.
 *
 * ```text
 * DATABASE_URL=postgres://shop:secret@db:5432/shop  →  shop.property("uri")
 * DB_HOST=db, DB_PORT=5432, DB_PASSWORD=secret      →  db.property("host"), db.property("port"), …
 * API=http://api:3000/v1                            →  expression`${api.endpoint("http")}/v1`
 * ```
 */
export function translateVariables(
  variables: readonly Variable[],
  context: TranslationContext,
  { linksOnly = false }: { linksOnly?: boolean } = {},
): (readonly [string, Code])[] {
  const groups = findGroups(variables, context);
  return variables.map((variable) => {
    const inner = { ...context, groups };
    // Whoever wants references only must get no parameter for everything else.
    const link = linksOnly ? linkOf(variable, inner) : translate(variable, inner);
    return [variable.name, link ?? value(variable.text)];
  });
}

/** One value. */
export function translateText(variable: Variable, context: TranslationContext): Code {
  return translate(variable, { ...context, groups: [] });
}

/** A variable in a text: one without a value, or a secret whose value is not to be copied. */
export function markVariable(variable: string, found?: string): string {
  const known = found === undefined ? "" : `=${Buffer.from(found).toString("base64url")}`;
  return `\u0001${variable}${known}\u0001`;
}

// oxlint-disable-next-line no-control-regex -- the mark is a character that no file has
const marks = /\u0001([^\u0001=]*)(?:=([\w-]*))?\u0001/g;

/** Puts parameters in the places of marks. */
function withParameters(code: Code, variable: Variable, context: GroupedContext): Code {
  if (code.kind === "join") return join(code.parts.map((part) => withParameters(part, variable, context)));
  if (code.kind === "encoded") {
    return { kind: "encoded", inner: withParameters(code.inner, variable, context) };
  }
  if (code.kind !== "value" || typeof code.value !== "string" || !code.value.includes("\u0001")) return code;
  const { parameters, resource, partners } = context;
  const { place } = variable;
  const parts: Code[] = [];
  let at = 0;
  for (const match of code.value.matchAll(marks)) {
    const [whole, name = "", known] = match;
    const parameter =
      known === undefined
        ? parameters.forVariable(name, { resource, place, isSecret: isSecretName(variable.name) })
        : parameters.forSecret(Buffer.from(known, "base64url").toString(), {
            variable: name,
            resource,
            partners,
            place,
          });
    parts.push(value(code.value.slice(at, match.index)), { kind: "parameter", parameter });
    at = match.index + whole.length;
  }
  return join([...parts, value(code.value.slice(at))]);
}

interface GroupedContext extends TranslationContext {
  readonly groups: readonly Group[];
}

/** Variables that tell of one server by their beginning: `DB_` of `DB_HOST`, `DB_PORT` … */
interface Group {
  readonly prefix: string;
  readonly host: Host;
  readonly port: number | undefined;
}

const hostName = /^(.*?_?)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$/i;

function findGroups(variables: readonly Variable[], context: TranslationContext): Group[] {
  const values = new Map(variables.map(({ name, text }) => [name, text]));
  return variables.flatMap(({ name, text }): Group[] => {
    const prefix = hostName.exec(name)?.[1];
    if (prefix === undefined) return [];
    const port = readPort(values.get(`${prefix}PORT`));
    const found = findHost(context.directory, { host: text, port, isLocal: context.isLocal });
    // What it says of itself stays as it is: a resource gets no reference to itself.
    return found === undefined || found.host.name === context.resource ? [] : [{ prefix, ...found }];
  });
}

function translate(variable: Variable, context: GroupedContext): Code {
  return withParameters(translateMarked(variable, context), variable, context);
}

/** A value that refers to a resource; undefined for any other. */
function linkOf(variable: Variable, context: GroupedContext): Code | undefined {
  return ofGroup(variable, context) ?? ofServer(variable, context) ?? withLinks(variable, context);
}

/** A variable that a server of the service has by the same name, such as `POSTGRES_USER`; or any with its password. */
function ofServer({ name, text }: Variable, context: GroupedContext): Code | undefined {
  const { directory, groups, resource } = context;
  const partners = [...context.partners, ...groups.map(({ host }) => host.name)];
  const servers = [...new Set(directory.byName.values())].filter(
    (host) => host.name !== resource && partners.includes(host.name),
  );
  for (const host of servers) {
    const named = host.own?.get(name);
    const isPassword = /PASS|PWD/i.test(name) && !isPlainValue(text);
    const own = [...(named === undefined ? [] : [named]), ...(isPassword ? passwordsOf(host) : [])].find(
      (each) => unmarked(each.text) === unmarked(text),
    );
    if (own === undefined) continue;
    const [only, second] = host.databases.values();
    const database = second === undefined ? only : undefined;
    if (own.property === "databaseName" && database === undefined) return undefined;
    return { kind: "property", resource: database ?? host.name, property: own.property };
  }
  return undefined;
}

function translateMarked(variable: Variable, context: GroupedContext): Code {
  const { name, text } = variable;
  const linked = linkOf(variable, context);
  if (linked !== undefined) return linked;
  const isSecret = isSecretName(name) ? !isPlainValue(text) : isSecretValue(text) || hasPassword(text);
  return isSecret ? secret(variable, context) : value(text);
}

function secret({ name, text, place }: Variable, { resource, parameters, partners }: GroupedContext): Code {
  if (text.includes("\u0001")) return value(text);
  const parameter = parameters.forSecret(text, { variable: name, resource, partners, place });
  return { kind: "parameter", parameter };
}

function passwordsOf({ own }: Host): OwnVariable[] {
  return [...(own?.values() ?? [])].filter(({ property }) => property === "password");
}

/** A text with the values that its marks stand for. */
function unmarked(text: string): string {
  return text.replaceAll(marks, (_whole, name: string, known?: string) =>
    known === undefined ? `\${${name}}` : Buffer.from(known, "base64url").toString(),
  );
}

/** A variable of a group: the part of the connection that its end names. */
function ofGroup(variable: Variable, context: GroupedContext): Code | undefined {
  const { name, text } = variable;
  const group = context.groups.find(
    ({ prefix }) => name.startsWith(prefix) && rest(name, prefix) !== undefined,
  );
  if (group === undefined) return undefined;
  const { host, port, prefix } = group;
  const part = rest(name, prefix);
  const { kind } = host;
  const database =
    kind?.method === "addPostgres" ? databaseOf(host, { group, context, variable }) : undefined;
  const property = (named: string): Code => ({
    kind: "property",
    resource: database ?? host.name,
    property: named,
  });
  if (kind !== undefined && kind.endpoint === "tcp") {
    if (part === "host" || (part === "port" && readPort(text) !== undefined)) return property(part);
    const isFull = ["addPostgres", "addRabbitMQ"].includes(kind.method);
    if (part === "user" && isFull) return property("username");
    const isRedis = kind.method === "addRedis";
    if (part === "password" && (isFull || isRedis)) return property("password");
    // REDIS_AUTH=secret, but not REDIS_AUTH=true
    if (part === "auth" && isRedis && !isPlainValue(text)) return property("password");
    if (part === "name" && database !== undefined) return property("databaseName");
    return undefined;
  }
  const endpoint = endpointOf(host, { port });
  if (endpoint === undefined) return undefined;
  if (part === "host" || part === "port") {
    return { kind: "endpoint", resource: host.name, endpoint: endpoint.name, part };
  }
  if (part === "password" && text !== "" && !isPlainValue(text)) {
    return secret(variable, { ...context, partners: [...context.partners, host.name] });
  }
  return undefined;
}

type Part = "host" | "port" | "user" | "password" | "auth" | "name";

function rest(name: string, prefix: string): Part | undefined {
  const end = name.slice(prefix.length).toUpperCase();
  if (/^(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$/.test(end)) return "host";
  if (end === "PORT") return "port";
  if (/^(?:USER|USERNAME|USER_NAME|LOGIN)$/.test(end)) return "user";
  if (/^(?:PASS|PASSWORD|PWD|PASSWD|USER_PASSWORD)$/.test(end)) return "password";
  if (end === "AUTH") return "auth";
  return /^(?:NAME|DB|DATABASE|DBNAME|DB_NAME|DATABASE_NAME)$/.test(end) ? "name" : undefined;
}

/** The database that a group of variables means: the one that it names, else the server's only one. */
function databaseOf(
  host: Host,
  { group, context, variable }: { group: Group; context: GroupedContext; variable: Variable },
): string | undefined {
  const isName = rest(variable.name, group.prefix) === "name";
  if (isName)
    return variable.text === "postgres" ? undefined : context.directory.database(host, variable.text);
  const [only, second] = host.databases.values();
  return second === undefined ? only : undefined;
}

/** `jdbc:`, scheme, user and password, host, port, path; or a host and a port without a scheme. */
// A scheme has a limit, without which each letter of a long text would be followed to its end.
const address =
  /(jdbc:)?([a-z][a-z\d+.-]{0,40}):\/\/(?:([^\s/@,]*)@)?([a-z\d_.-]+)(?::(\d+))?(?:\/([^\s?#,;"'<>]*))?|(?<![\w./@-])([a-z\d_][a-z\d_.-]*):(\d{2,5})(?![\w.])/gi;

/** A text with references in place of the addresses in it; undefined when it has none that lead into the system. */
function withLinks(variable: Variable, context: GroupedContext): Code | undefined {
  const { name, text } = variable;
  if (hostName.test(name) || /(?:URL|URI|ENDPOINT|BROKERS?|SERVERS?|NODES?|HOSTS?|ADDR)$/i.test(name)) {
    const alone = bareHost(text, context);
    if (alone !== undefined) return alone;
  }
  const parts: Code[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    const code = codeOfAddress(match, { variable, context });
    if (code === undefined) continue;
    parts.push(value(text.slice(at, match.index)), code);
    at = match.index + match[0].length;
  }
  if (parts.length === 0) return undefined;
  parts.push(value(text.slice(at)));
  // What else is in it may be a secret: then nothing of it is copied.
  const others = parts.map((part) => (part.kind === "value" ? String(part.value) : ""));
  if (others.some((other) => isSecretValue(other) || hasPassword(other))) return secret(variable, context);
  return join(parts);
}

/** `mongo` where only the name of a server stands: its host. */
function bareHost(text: string, { directory, resource }: GroupedContext): Code | undefined {
  const host = directory.byName.get(text);
  if (host === undefined || host.name === resource) return undefined;
  if (host.kind?.endpoint === "tcp" && host.kind.method !== "addKafka") {
    return { kind: "property", resource: host.name, property: "host" };
  }
  const endpoint = endpointOf(host, { port: undefined });
  return endpoint && { kind: "endpoint", resource: host.name, endpoint: endpoint.name, part: "host" };
}

function codeOfAddress(
  match: RegExpExecArray | RegExpMatchArray,
  { variable, context }: { variable: Variable; context: GroupedContext },
): Code | undefined {
  const [, jdbc, scheme, user, urlHost, urlPort, path, plainHost, plainPort] = match;
  const port = readPort(urlPort ?? plainPort);
  const found = findHost(context.directory, {
    host: urlHost ?? plainHost ?? "",
    port,
    isLocal: context.isLocal,
  });
  if (found === undefined) return undefined;
  // It is told no reference to itself.
  if (found.host.name === context.resource) return ownAddress(match, { ...found, context });
  const { host } = found;
  const lowerScheme = scheme?.toLowerCase();
  if (jdbc === undefined && lowerScheme !== undefined && host.kind?.schemes.includes(lowerScheme) === true) {
    return uriOf(host, { path: path ?? "", context });
  }
  const endpoint = endpointOf(host, {
    port: found.port,
    ...(lowerScheme === undefined ? {} : { scheme: lowerScheme }),
  });
  if (endpoint === undefined) return undefined;
  const reference = (part: "url" | "hostPort"): Code => ({
    kind: "endpoint",
    resource: host.name,
    endpoint: endpoint.name,
    part,
  });
  const tail = path === undefined ? "" : `/${path}`;
  if (lowerScheme === undefined) return reference("hostPort");
  if (lowerScheme === "http" && endpoint.scheme === "http" && user === undefined)
    return join([reference("url"), value(tail)]);
  const login = user === undefined ? value("") : loginOf(user, { host, variable, context });
  return join([value(`${jdbc ?? ""}${scheme ?? ""}://`), login, reference("hostPort"), value(tail)]);
}

/** What a process calls itself by its name in the Compose file is at its published port; any other address stays. */
function ownAddress(
  [whole, , , , urlHost, urlPort]: RegExpExecArray | RegExpMatchArray,
  { host, port, context }: { host: Host; port: number | undefined; context: GroupedContext },
): Code | undefined {
  const [published] = [...host.published].find(([, target]) => target === port) ?? [];
  const isNamed = urlHost !== undefined && context.directory.byName.has(urlHost);
  if (!context.isLocal || !isNamed || published === undefined || published < 1024) return undefined;
  return value(whole.replace(`${urlHost}:${urlPort}`, `localhost:${published}`));
}

/** The URI of a backing resource, with its own user and password. */
function uriOf(host: Host, { path, context }: { path: string; context: GroupedContext }): Code {
  const { kind, name } = host;
  if (kind?.method === "addKafka")
    return { kind: "endpoint", resource: name, endpoint: "tcp", part: "hostPort" };
  if (kind?.method === "addPostgres") {
    const database = decode(path);
    const resource =
      database === "" || database === "postgres" ? name : context.directory.database(host, database);
    return { kind: "property", resource, property: "uri" };
  }
  const uri: Code = { kind: "property", resource: name, property: "uri" };
  return join([uri, value(path === "" ? "" : `/${path}`)]);
}

/** `root:secret@` with the password as a parameter, percent-encoded. */
function loginOf(
  user: string,
  { host, variable, context }: { host: Host; variable: Variable; context: GroupedContext },
): Code {
  const at = user.indexOf(":");
  if (at === -1 || user.length === at + 1) return value(`${user}@`);
  const password = user.slice(at + 1);
  if (password.includes("\u0001")) {
    return join([value(user.slice(0, at + 1)), { kind: "encoded", inner: value(password) }, value("@")]);
  }
  const parameter = context.parameters.forSecret(decode(password), {
    variable: `${variable.name.replace(/_?(?:URL|URI|DSN)$/i, "")}_PASSWORD`,
    resource: context.resource,
    partners: [host.name, ...context.partners],
    place: variable.place,
  });
  return join([
    value(user.slice(0, at + 1)),
    { kind: "encoded", inner: { kind: "parameter", parameter } },
    value("@"),
  ]);
}

/** Whether a URL in a text has a password. */
function hasPassword(text: string): boolean {
  return /[a-z][a-z\d+.-]{0,40}:\/\/[^\s/@:]*:[^\s/@]+@/i.test(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readPort(text: string | undefined): number | undefined {
  const port = Number(text ?? "");
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
