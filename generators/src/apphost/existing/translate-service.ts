import type { TargetTree } from "../../plan/target-tree.ts";
import type { Code, CodeCall } from "./code.ts";
import { value } from "./code.ts";
import { isDebuggerPort } from "./compose-endpoints.ts";
import { readVariables } from "./compose-environment.ts";
import { mapping } from "./compose-file.ts";
import type { ComposeProject, ComposeService } from "./compose-file.ts";
import type { ComposeForm } from "./compose-form.ts";
import { pathInCode, readMount, readWords } from "./compose-values.ts";
import type { ComposePort, FillIn } from "./compose-values.ts";
import { hasHealthCheck, healthRequestOf } from "./health-path.ts";
import type { FoundEndpoint, Host, HostDirectory } from "./hosts.ts";
import { projectOptions } from "./launch.ts";
import type { FoundParameters } from "./parameters.ts";
import { isSecretName } from "./secrets.ts";
import type { FoundResource, Link, Note } from "./system.ts";
import { markVariable, translateText, translateVariables } from "./translate-values.ts";
import type { TranslationContext, Variable } from "./translate-values.ts";

/** A service of a Compose file that becomes a resource. */
export interface NamedService {
  readonly service: ComposeService;
  readonly form: Exclude<ComposeForm, { form: "none" }>;
  readonly host: Host;
  readonly ports: readonly ComposePort[];
  readonly fill: FillIn;
}

/** What a service is translated with. */
export interface ServiceContext {
  readonly compose: ComposeProject;
  readonly directory: HostDirectory;
  readonly parameters: FoundParameters;
  readonly tree: TargetTree;
}

/** A resource without its links, and what `depends_on` says of them. */
export interface ServicePart {
  readonly resource: Omit<FoundResource, "links"> & { readonly links: readonly Link[] };
  readonly waits: readonly Link[];
  readonly notes: readonly Note[];
}

/** Translates one service. */
export function partOf(named: NamedService, context: ServiceContext): ServicePart {
  const { service, form, host } = named;
  const notes: Note[] = [];
  const note = (text: string, ...path: readonly (string | number)[]): void => {
    notes.push({ ...service.placeOf(...path), resource: host.name, text });
  };
  const waits = waitsOf(named, context);
  const translation: TranslationContext = {
    resource: host.name,
    directory: context.directory,
    parameters: context.parameters,
    isLocal: form.form === "project",
    partners: waits.map(({ to }) => to),
  };
  const tools: Tools = { ...context, note, translation };
  const environment = environmentOf(named, { ...tools, notes });
  const start = startOf(named, tools);
  const resource = {
    name: host.name,
    label: labelOf(named),
    place: service.place,
    ...start,
    chain: [
      ...endpointCalls(named),
      ...healthCalls(named, note),
      ...mountCalls(named, tools),
      ...otherCalls(named, note),
    ],
    environment,
    links: [],
  };
  if (form.form === "known") noteKnown(named, note);
  return { resource, waits, notes };
}

interface Tools extends ServiceContext {
  readonly note: (text: string, ...path: readonly (string | number)[]) => void;
  readonly translation: TranslationContext;
}

function labelOf({ form, service }: NamedService): string {
  switch (form.form) {
    case "known":
      return `${form.kind.title} (${service.place.file})`;
    case "project":
      return `project in ${pathInCode(form.project.path)}`;
    case "dockerfile":
      return `image built in ${pathInCode(form.context)}`;
    case "container":
      return `container of ${form.image}`;
  }
}

/** The call that adds the resource. */
function startOf(named: NamedService, tools: Tools): { method: string; args: Code[] } {
  const { form, host } = named;
  if (form.form === "known") return { method: form.kind.method, args: [] };
  if (form.form === "project") {
    const options = [...commandOfProject(named, tools)];
    if (!host.endpoints.some(({ scheme }) => scheme === "http")) options.push(["http", value(false)]);
    return { method: "addProject", args: [value(pathInCode(form.project.path)), ...optionsOf(options)] };
  }
  const command = commandOfContainer(named, tools);
  if (form.form === "container") {
    return { method: "addContainer", args: [value(form.image), ...optionsOf(command)] };
  }
  const options: [string, Code][] = [];
  if (form.dockerfile !== undefined) options.push(["dockerfile", value(form.dockerfile)]);
  if (form.target !== undefined) options.push(["target", value(form.target)]);
  const buildArgs = buildArgsOf(named, tools);
  if (Object.keys(buildArgs).length > 0) options.push(["buildArgs", value(buildArgs)]);
  return {
    method: "addDockerfile",
    args: [value(pathInCode(form.context)), ...optionsOf([...options, ...command])],
  };
}

function optionsOf(entries: readonly (readonly [string, Code])[]): Code[] {
  return entries.length === 0 ? [] : [{ kind: "options", entries }];
}

/** What the project is run by, where its command says otherwise than its manifest. */
function commandOfProject(
  { service, form, fill }: NamedService,
  { note }: Tools,
): readonly (readonly [string, Code])[] {
  const field = ["command", "entrypoint"].find(
    (name) => service.fields[name] !== undefined && service.fields[name] !== null,
  );
  if (field === undefined || form.form !== "project") return [];
  const words = readWords(service.fields[field], fill) ?? [];
  const plain =
    words[0] === "sh" && words[1] === "-c" && words.length === 3 ? (readWords(words[2], fill) ?? []) : words;
  const options = projectOptions(plain, form.project);
  if (options !== undefined) return options;
  note(`its own script runs instead of "${field}"`, field);
  return [];
}

function commandOfContainer(
  { service, fill }: NamedService,
  { note, translation }: Tools,
): readonly (readonly [string, Code])[] {
  const options: [string, Code][] = [];
  for (const [field, option] of [
    ["entrypoint", "entrypoint"],
    ["command", "args"],
  ] as const) {
    const given = service.fields[field];
    if (given === undefined || given === null) continue;
    const words = readWords(given, fill);
    if (words === undefined) note(`"${field}" has a variable without a value, and is not translated`, field);
    else if (option === "entrypoint") options.push([option, value(words)]);
    else options.push([option, wordsCode(words, { translation, service })]);
  }
  const capabilities = service.fields["cap_add"];
  if (Array.isArray(capabilities)) options.push(["capabilities", value(capabilities.map(String))]);
  return options;
}

/** Arguments, with parameters in place of secrets: `--password=secret`, `--api-key secret`. */
function wordsCode(
  words: readonly string[],
  { translation, service }: { translation: TranslationContext; service: ComposeService },
): Code {
  const place = service.placeOf("command");
  const items = words.map((word, index): Code => {
    const [, flag, text = ""] = /^-{1,2}([\w.-]+)=([\s\S]*)$/.exec(word) ?? [];
    const before = /^-{1,2}([\w.-]+)$/.exec(words[index - 1] ?? "")?.[1];
    const name = flag ?? before ?? "";
    if (flag === undefined)
      return translateText({ name: variableName(name), text: word, place }, translation);
    const inner = translateText({ name: variableName(name), text, place }, translation);
    return inner.kind === "value"
      ? value(word)
      : { kind: "join", parts: [value(word.slice(0, word.length - text.length)), inner] };
  });
  return items.every((item) => item.kind === "value") ? value(words) : { kind: "list", items };
}

function variableName(flag: string): string {
  return flag === "" ? "ARGUMENT" : flag.toUpperCase().replaceAll(/[^A-Z\d]+/g, "_");
}

function buildArgsOf({ form, fill }: NamedService, { note }: Tools): Record<string, string> {
  if (form.form !== "dockerfile") return {};
  const args: Record<string, string> = {};
  for (const [name, given] of Object.entries(form.buildArgs)) {
    const text = fill(given);
    if (text !== undefined && !isSecretName(name)) args[name] = text;
    else
      note(
        `the build argument "${name}" is ${text === undefined ? "a variable without a value" : "a secret"}, and is not translated`,
        "build",
        "args",
        name,
      );
  }
  return args;
}

function endpointCalls({ form, host, ports }: NamedService): CodeCall[] {
  if (form.form === "known") return [];
  return host.endpoints.flatMap((endpoint): CodeCall[] => {
    const published = ports.find(({ target }) => target === endpoint.port)?.published;
    return form.form === "project"
      ? processEndpoint(endpoint, published)
      : [containerEndpoint(endpoint, published)];
  });
}

/** A process listens where it is told; a published port is the one that people know. */
function processEndpoint({ name, scheme, port }: FoundEndpoint, published: number | undefined): CodeCall[] {
  // Ports below are for privileged processes.
  const known = published !== undefined && published >= 1024 ? published : undefined;
  if (scheme === "http" && name === "http") {
    return known === undefined ? [] : [endpointCall("withHttpEndpoint", { port: known })];
  }
  return [endpointCall(scheme === "http" ? "withHttpEndpoint" : "withEndpoint", { name, port })];
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

function healthCalls({ service, form, host }: NamedService, note: Tools["note"]): CodeCall[] {
  if (form.form === "known") return [];
  const { healthcheck } = service.fields;
  const request = healthRequestOf(healthcheck);
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

function mountCalls(named: NamedService, { compose, note }: Tools): CodeCall[] {
  const { service, form, fill } = named;
  const given = Array.isArray(service.fields["volumes"]) ? (service.fields["volumes"] as unknown[]) : [];
  const calls: CodeCall[] = [];
  for (const [index, each] of given.entries()) {
    const mount = readMount(each, { fill, folder: compose.folder });
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

/** Whether a mounted path is the code that the process runs from anyhow, or its modules. */
function isCodeOf(project: string, source: string): boolean {
  return (
    project === "." ||
    source === project ||
    source.startsWith(`${project}/`) ||
    /node_modules|^[\w.-]*(?:modules|notused)/.test(source)
  );
}

function otherCalls({ service, fill }: NamedService, note: Tools["note"]): CodeCall[] {
  const { fields } = service;
  const calls: CodeCall[] = [];
  const profiles = Array.isArray(fields["profiles"]) ? fields["profiles"].map(String) : [];
  if (profiles.length > 0)
    calls.push({ method: "withProfile", args: [value(profiles.length === 1 ? profiles[0] : profiles)] });
  const replicas = Number(fill(mapping(fields["deploy"])["replicas"] ?? fields["scale"]) ?? 1);
  if (Number.isInteger(replicas) && replicas > 1 && replicas <= 100)
    calls.push({ method: "withReplicas", args: [value(replicas)] });
  if (replicas === 0) calls.push({ method: "withExplicitStart", args: [] });
  const restart = /^on-failure(?::(\d+))?$/.exec(fill(fields["restart"]) ?? "");
  if (restart !== null) {
    const limit: Code[] =
      restart[1] === undefined ? [] : [{ kind: "options", entries: [["limit", value(Number(restart[1]))]] }];
    calls.push({ method: "withRestart", args: [value("on-failure"), ...limit] });
  }
  const grace = fields["stop_grace_period"];
  if (grace !== undefined) {
    const text = fill(grace) ?? "";
    if (/^\d+(?:ms|s|m|h)$/.test(text)) calls.push({ method: "withStopTimeout", args: [value(text)] });
    else note('"stop_grace_period" is not translated', "stop_grace_period");
  }
  return calls;
}

function environmentOf(
  named: NamedService,
  { compose, tree, translation, note, notes }: Tools & { notes: Note[] },
): (readonly [string, Code])[] {
  const { service, form, host, fill } = named;
  const read = readVariables(service, { compose, tree, fill, resource: host.name });
  notes.push(...read.notes);
  const fromShell = form.form === "project" ? [] : [...read.passed, ...read.empty];
  if (form.form !== "known" && fromShell.length > 0) {
    const [{ place } = { place: service.place }] = fromShell;
    const list = fromShell.map(({ name }) => name).join(", ");
    notes.push({
      ...place,
      resource: host.name,
      text: `without a value unless your shell gives one, and left out: ${list}`,
    });
  }
  if (form.form === "known") {
    const others = read.variables
      .filter(({ name }) => !form.kind.ownVariables.test(name))
      .map(({ name }) => name);
    if (others.length > 0)
      note(
        `not translated, since ${form.kind.title} is not always a container: ${others.join(", ")}`,
        "environment",
      );
    return [];
  }
  const variables = read.variables.filter(
    (variable) => form.form !== "project" || isForProcess(variable, { host, note }),
  );
  const inherited = read.variables.filter(isInherited).map(({ name }) => name);
  if (form.form === "project" && inherited.length > 0) {
    note(
      `taken from your shell, or by the project from its own files: ${inherited.join(", ")}`,
      "environment",
    );
  }
  return translateVariables(variables, translation);
}

/** `TOKEN: ${TOKEN}`, which nobody gives a value: a process has what the shell has. */
function isInherited({ name, text }: Variable): boolean {
  return text === markVariable(name);
}

/** A process is told its port by Dext, and runs for development. */
function isForProcess(
  { name, text, place }: Variable,
  { host, note }: { host: Host; note: Tools["note"] },
): boolean {
  if (isInherited({ name, text, place })) return false;
  if (name === "PORT") return !host.endpoints.some(({ scheme }) => scheme === "http");
  if (name !== "NODE_ENV" || text !== "production") return true;
  note('NODE_ENV is "production" there, and "development" here', "environment", name);
  return false;
}

function waitsOf({ service, host }: NamedService, { directory }: ServiceContext): Link[] {
  const { depends_on: given, links } = service.fields;
  const entries: (readonly [string, unknown])[] = Array.isArray(given)
    ? (given as unknown[]).map((name) => [String(name), undefined])
    : Object.entries(mapping(given));
  const linked = (Array.isArray(links) ? (links as unknown[]) : []).map(
    (link): readonly [string, unknown] => [String(link).split(":")[0] ?? "", undefined],
  );
  const waits = [...entries, ...linked].flatMap(([name, how]): Link[] => {
    const to = directory.byName.get(name);
    if (to === undefined || to.name === host.name || host.kind !== undefined) return [];
    return [{ to: to.name, how: conditions.get(mapping(how)["condition"]) ?? "waitFor" }];
  });
  return waits.filter(({ to }, index) => waits.findIndex((each) => each.to === to) === index);
}

const conditions: ReadonlyMap<unknown, Link["how"]> = new Map<unknown, Link["how"]>([
  ["service_healthy", "waitFor"],
  ["service_started", "waitForStart"],
  ["service_completed_successfully", "waitForCompletion"],
]);

/** What a backing resource of Dext has otherwise than the image of the Compose file. */
function noteKnown({ form, ports, service }: NamedService, note: Tools["note"]): void {
  if (form.form !== "known") return;
  const { kind, image } = form;
  const published = ports.find(({ target }) => target === kind.port)?.published;
  const port =
    published === undefined ? "" : `, on a free port; { port: ${published} } behind its name keeps the port`;
  note(`${kind.method}() runs ${kind.title} instead of the image "${image}"${port}`, "image");
  for (const { target } of ports) {
    if (target === kind.port || isDebuggerPort(target)) continue;
    note(`port ${target} (${kind.otherPorts?.get(target) ?? "another one"}) is not there`, "ports");
  }
  if (service.fields["command"] !== undefined) note('"command" is not translated', "command");
}
