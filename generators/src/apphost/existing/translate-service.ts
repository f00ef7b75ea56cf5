import type { Code } from "./code.ts";
import { isDebuggerPort } from "./compose-endpoints.ts";
import { readVariables } from "./compose-environment.ts";
import { mapping } from "./compose-mapping.ts";
import { pathInCode } from "./compose-values.ts";
import type { Host } from "./hosts.ts";
import type { NamedService, ServiceContext, TranslationTools } from "./named-service.ts";
import { refiningCalls } from "./service-calls.ts";
import { startOf } from "./service-start.ts";
import type { FoundResource, Link, Note } from "./system.ts";
import { markVariable, translateVariables } from "./translate-values.ts";
import type { TranslationContext, Variable } from "./translate-values.ts";

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
  const tools: TranslationTools = { ...context, note, translation };
  const environment = environmentOf(named, { ...tools, notes });
  const start = startOf(named, tools);
  const resource = {
    name: host.name,
    label: labelOf(named),
    place: service.place,
    ...start,
    chain: refiningCalls(named, tools),
    environment,
    links: [],
  };
  if (form.form === "known") noteKnown(named, note);
  return { resource, waits, notes };
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

function environmentOf(
  named: NamedService,
  { tree, translation, note, notes }: TranslationTools & { notes: Note[] },
): (readonly [string, Code])[] {
  const { service, form, host, fill } = named;
  const read = readVariables(service, {
    tree,
    fill,
    resource: host.name,
    isProcess: form.form === "project",
  });
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
  { host, note }: { host: Host; note: TranslationTools["note"] },
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
function noteKnown({ form, ports, service }: NamedService, note: TranslationTools["note"]): void {
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
