import type { Code, CodeCall } from "./code.ts";
import { value } from "./code.ts";
import { mapping } from "./compose-mapping.ts";
import { pathInCode, readMount } from "./compose-values.ts";
import { hasHealthCheck, healthRequestOf } from "./health-path.ts";
import type { FoundEndpoint } from "./hosts.ts";
import type { NamedService, TranslationTools } from "./named-service.ts";

/** What refines the resource of a service: endpoints, health, mounts, profiles and so on. */
export function refiningCalls(named: NamedService, tools: TranslationTools): CodeCall[] {
  return [
    ...endpointCalls(named, tools.note),
    ...healthCalls(named, tools.note),
    ...mountCalls(named, tools),
    ...secretCalls(named, tools),
    ...otherCalls(named, tools.note),
  ];
}

function endpointCalls({ form, host, ports }: NamedService, note: TranslationTools["note"]): CodeCall[] {
  if (form.form === "known") return [];
  return host.endpoints.flatMap((endpoint): CodeCall[] => {
    const published = ports.find(({ target }) => target === endpoint.port)?.published;
    if (form.form !== "project") return [containerEndpoint(endpoint, published)];
    if (isPrivileged(published))
      note(`port ${published} is for privileged processes only, and a free one is taken instead`, "ports");
    return processEndpoint(endpoint, published);
  });
}

/** A process listens where it is told; a published port is the one that people know. */
function processEndpoint({ name, scheme, port }: FoundEndpoint, published: number | undefined): CodeCall[] {
  const known = isPrivileged(published) ? undefined : published;
  if (scheme === "http" && name === "http") {
    return known === undefined ? [] : [endpointCall("withHttpEndpoint", { port: known })];
  }
  return [endpointCall(scheme === "http" ? "withHttpEndpoint" : "withEndpoint", { name, port })];
}

function isPrivileged(port: number | undefined): boolean {
  return port !== undefined && port < 1024;
}

function containerEndpoint({ name, scheme, port }: FoundEndpoint, published: number | undefined): CodeCall {
  return endpointCall(scheme === "http" ? "withHttpEndpoint" : "withEndpoint", {
    ...(name === scheme ? {} : { name }),
    ...(published === undefined ? {} : { port: published }),
    targetPort: port,
  });
}

function endpointCall(method: string, options: Readonly<Record<string, string | number>>): CodeCall {
  const entries = Object.entries(options).map(([key, each]): [string, Code] => [key, value(each)]);
  return { method, args: [{ kind: "options", entries }] };
}

function healthCalls(
  { service, form, host, fill }: NamedService,
  note: TranslationTools["note"],
): CodeCall[] {
  if (form.form === "known") return [];
  const { healthcheck } = service.fields;
  const request = healthRequestOf(healthcheck, fill);
  const path =
    request?.path ?? (form.form === "project" ? form.project.description.healthPath?.value : undefined);
  const http = host.endpoints.filter(({ scheme }) => scheme === "http");
  const endpoint = http.find(({ port }) => port === request?.port) ?? http[0];
  if (path !== undefined && endpoint !== undefined) {
    const options: Code[] =
      endpoint === http[0] && endpoint.name === "http"
        ? []
        : [{ kind: "options", entries: [["endpoint", value(endpoint.name)]] }];
    return [{ method: "withHttpHealthCheck", args: [value(path), ...options] }];
  }
  if (hasHealthCheck(healthcheck)) {
    note(
      "its health check is a command, which Dext does not run: it counts as healthy when it listens",
      "healthcheck",
    );
  }
  return [];
}

function mountCalls(named: NamedService, { note }: TranslationTools): CodeCall[] {
  const { service, form, fill } = named;
  const given = Array.isArray(service.fields["volumes"]) ? (service.fields["volumes"] as unknown[]) : [];
  const calls: CodeCall[] = [];
  for (const [index, each] of given.entries()) {
    const mount = readMount(each, { fill, folder: service.folder });
    if (mount === undefined) {
      note("this volume is not translated", "volumes", index);
      continue;
    }
    const { type, source, target, readOnly } = mount;
    if (form.form === "project") {
      if (type !== "anonymous" && !isCodeOf(form.project.path, source)) {
        note(`"${target}" is a folder of a container, which a process does not have`, "volumes", index);
      }
    } else if (form.form === "known") {
      const { dataFolders, initFolder } = form.kind;
      if (dataFolders.includes(target)) calls.push({ method: "withDataVolume", args: [] });
      else if (initFolder !== undefined && (target === initFolder || target.startsWith(`${initFolder}/`))) {
        calls.push({ method: "withInitFiles", args: [value(pathInCode(source))] });
      } else
        note(`"${target}" is not mounted: ${form.kind.title} is not always a container`, "volumes", index);
    } else if (source.startsWith("~")) {
      note(`"${source}" is a folder of your own, and not mounted`, "volumes", index);
    } else if (type === "anonymous") {
      // An image says itself what it wants kept apart.
    } else {
      const options: Code[] = readOnly ? [{ kind: "options", entries: [["readOnly", value(true)]] }] : [];
      const from = type === "bind" ? pathInCode(source) : source;
      calls.push({
        method: type === "bind" ? "withBindMount" : "withVolume",
        args: [value(from), value(target), ...options],
      });
    }
  }
  return calls.filter(
    ({ method }, index) =>
      method === "withBindMount" ||
      method === "withVolume" ||
      calls.findIndex((each) => each.method === method) === index,
  );
}

/** Secrets that are files are files in the container, too. */
function secretCalls({ service, form }: NamedService, { compose, note }: TranslationTools): CodeCall[] {
  const { secrets } = service.fields;
  if (!Array.isArray(secrets)) return [];
  return (secrets as unknown[]).flatMap((each, index): CodeCall[] => {
    const { source = each, target = source } = mapping(each);
    const file = compose.secretFiles.get(String(source));
    if (file === undefined || form.form === "project" || form.form === "known") {
      note(`the secret "${String(source)}" is not translated`, "secrets", index);
      return [];
    }
    const path = String(target).startsWith("/") ? String(target) : `/run/secrets/${String(target)}`;
    const readOnly: Code = { kind: "options", entries: [["readOnly", value(true)]] };
    return [{ method: "withBindMount", args: [value(pathInCode(file)), value(path), readOnly] }];
  });
}

/** Whether a mounted path is the code that the process runs from anyhow, or its modules. */
function isCodeOf(project: string, source: string): boolean {
  return (
    project === "." ||
    source === project ||
    source.startsWith(`${project}/`) ||
    /node_modules|^[\w.-]*(?:modules|notused)/.test(source)
  );
}

function otherCalls({ service, fill }: NamedService, note: TranslationTools["note"]): CodeCall[] {
  const { fields } = service;
  const calls: CodeCall[] = [];
  const profiles = Array.isArray(fields["profiles"]) ? fields["profiles"].map(String) : [];
  if (profiles.length > 0)
    calls.push({ method: "withProfile", args: [value(profiles.length === 1 ? profiles[0] : profiles)] });
  const replicas = Number(fill(mapping(fields["deploy"])["replicas"] ?? fields["scale"]) ?? 1);
  if (Number.isInteger(replicas) && replicas > 1 && replicas <= 100)
    calls.push({ method: "withReplicas", args: [value(replicas)] });
  if (replicas === 0) calls.push({ method: "withExplicitStart", args: [] });
  calls.push(...restartCalls(fields, fill));
  const grace = fields["stop_grace_period"];
  if (grace !== undefined && grace !== null) {
    const text = fill(grace) ?? "";
    if (/^\d+(?:ms|s|m|h)$/.test(text)) calls.push({ method: "withStopTimeout", args: [value(text)] });
    else note('"stop_grace_period" is not translated', "stop_grace_period");
  }
  return calls;
}

/**
 * `restart: on-failure:3`, and what counts before it: `deploy: { restart_policy: { condition: any, max_attempts: 3 } }`.
 *
 * https://docs.docker.com/reference/compose-file/services/#restart
 */
function restartCalls(
  fields: NamedService["service"]["fields"],
  fill: NamedService["fill"],
): readonly CodeCall[] {
  const deployed = mapping(fields["deploy"])["restart_policy"];
  const { condition = "any", max_attempts: attempts } = mapping(deployed);
  const text = deployed === undefined ? fill(fields["restart"]) : deployConditions.get(String(condition));
  const [, policy, most = fill(attempts)] =
    /^(on-failure|always|unless-stopped)(?::(\d+))?$/.exec(text ?? "") ?? [];
  if (policy === undefined) return [];
  const limit = Number(most ?? 0);
  const options: Code[] =
    limit > 0 && Number.isInteger(limit) ? [{ kind: "options", entries: [["limit", value(limit)]] }] : [];
  return [{ method: "withRestart", args: [value(policy), ...options] }];
}

const deployConditions: ReadonlyMap<string, string> = new Map([
  ["any", "always"],
  ["on-failure", "on-failure"],
]);
