import { mapping } from "./compose-mapping.ts";
import type { ComposeService } from "./compose-file.ts";
import type { ComposeForm } from "./compose-form.ts";
import { readPort } from "./compose-values.ts";
import type { ComposePort, FillIn } from "./compose-values.ts";
import type { FoundEndpoint } from "./hosts.ts";
import { imageName, portNames } from "./known-images.ts";

/** The ports of a service: what is published, and what is only reached from within. */
export interface ServicePorts {
  readonly ports: readonly ComposePort[];
  /** What is no single port: a range, or a variable without a value; by their places in the list. */
  readonly unread: readonly number[];
}

/** Reads `ports` and `expose`. */
export function readPorts({ fields }: ComposeService, fill: FillIn): ServicePorts {
  const given = Array.isArray(fields["ports"]) ? (fields["ports"] as unknown[]) : [];
  const read = given.map((each) => readPort(each, fill));
  const exposed = (Array.isArray(fields["expose"]) ? (fields["expose"] as unknown[]) : [])
    .map((each) => readPort(each, fill))
    .filter((port) => port !== undefined)
    .map(({ target, isUdp }) => ({ target, isUdp }));
  const ports = read.filter((port) => port !== undefined);
  const more = exposed.filter(({ target }) => !ports.some((port) => port.target === target));
  const unread = read.flatMap((port, index) => (port === undefined ? [index] : []));
  return { ports: [...ports, ...more], unread };
}

/** Ports that a debugger of Node listens on. */
export function isDebuggerPort(port: number): boolean {
  return port >= 9229 && port <= 9239;
}

/** What values of all services call a port: `mongo:27017` → `mongodb`, where no scheme is given an empty text. */
export type CalledPorts = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Looks through all texts of a Compose file for `<service>:<port>`. */
export function findCalledPorts(texts: readonly string[], hosts: readonly string[]): CalledPorts {
  const called = new Map<string, Map<number, string>>();
  const pattern =
    /(?:([a-z][a-z\d+.-]{0,40}):\/\/(?:[^\s/@,]*@)?)?([a-z\d_][a-z\d_.-]{0,252}):(\d{2,5})(?!\d)/gi;
  for (const text of texts) {
    for (const [, scheme = "", host = "", port] of text.matchAll(pattern)) {
      if (!hosts.includes(host)) continue;
      const ports = called.get(host) ?? new Map<number, string>();
      if (scheme !== "" || !ports.has(Number(port))) ports.set(Number(port), scheme.toLowerCase());
      called.set(host, ports);
    }
  }
  return called;
}

/** The endpoints of a service; the first one that speaks HTTP is called `http`. */
export function endpointsOf(
  form: ComposeForm,
  { ports, called }: { ports: readonly ComposePort[]; called: ReadonlyMap<number, string> },
): FoundEndpoint[] {
  if (form.form === "known") {
    return [{ name: form.kind.endpoint, scheme: form.kind.endpoint, port: form.kind.port }];
  }
  const listed = ports
    .filter(({ isUdp, target }) => !isUdp && !isDebuggerPort(target))
    .map(({ target }) => target);
  const usual = form.form === "container" ? usualPorts.get(imageName(form.image)) : undefined;
  const numbers = [
    ...new Set([...listed, ...called.keys(), ...(listed.length + called.size > 0 ? [] : (usual ?? []))]),
  ];
  const taken = new Set<string>();
  return numbers.map((port) => {
    const scheme = schemeOf(port, called.get(port));
    const wanted = scheme === "http" ? "http" : (portNames.get(port) ?? "tcp");
    const name = taken.has(wanted) ? `${wanted}-${port}` : wanted;
    taken.add(name);
    return { name, scheme, port };
  });
}

function schemeOf(port: number, called: string | undefined): "http" | "tcp" {
  if (called !== undefined && called !== "") return /^(?:https?|wss?)$/.test(called) ? "http" : "tcp";
  return portNames.has(port) ? "tcp" : "http";
}

/** Where images listen that Compose files often say nothing about. */
const usualPorts: ReadonlyMap<string, readonly number[]> = new Map([
  ["mongo", [27_017]],
  ["mysql", [3306]],
  ["mariadb", [3306]],
  ["memcached", [11_211]],
  ["nats", [4222]],
  ["elasticsearch", [9200]],
  ["nginx", [80]],
  ["httpd", [80]],
  ["adminer", [8080]],
]);

/** Every text in the fields of services, however deep. */
export function textsIn(given: unknown): string[] {
  if (typeof given === "string") return [given];
  if (Array.isArray(given)) return (given as unknown[]).flatMap(textsIn);
  return Object.values(mapping(given)).flatMap(textsIn);
}
