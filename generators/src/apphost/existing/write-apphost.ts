import { quoting, Quoted } from "../../templates/quoted.ts";
import { parametersIn, resourcesIn, writeCall } from "./code.ts";
import type { Code, CodeCall, CodeNames } from "./code.ts";
import type { FoundParameter, FoundResource, FoundSystem, Link } from "./system.ts";

/** The code of an AppHost, for its template. */
export interface AppHostCode {
  /** What is imported of `@dext/hosting`: `createBuilder, expression`. */
  readonly imports: Quoted;
  readonly parameters: readonly Quoted[];
  /** Statements; one with a gap stands behind an empty line. */
  readonly resources: readonly { readonly text: Quoted; readonly gap: boolean }[];
}

/** Writes the statements: parameters first, then resources, each behind those that it refers to as far as that goes. */
export function writeSystem({
  resources,
  parameters,
}: Pick<FoundSystem, "resources" | "parameters">): AppHostCode {
  const used = new Set(resources.flatMap((resource) => codesOf(resource).flatMap(parametersIn)));
  const wanted = parameters.filter(({ name }) => used.has(name));
  const constants = nameConstants(resources, wanted);
  const helpers = new Set<string>(["createBuilder"]);
  const names: CodeNames = {
    resource: (name) => constants.resources.get(name) ?? name,
    parameter: (name) => constants.parameters.get(name) ?? name,
    uses: (helper) => helpers.add(helper),
  };
  const ordered = inOrder(resources);
  const referred = new Set(
    ordered.flatMap((resource) => [
      ...targetsOf(resource),
      ...(resource.parent === undefined ? [] : [resource.parent]),
    ]),
  );
  const statements: Quoted[] = [];
  const added = new Set<string>();
  const late: {
    readonly name: string;
    readonly calls: readonly CodeCall[];
    readonly needs: readonly string[];
  }[] = [];
  const takeLate = (): void => {
    for (const each of late.filter(({ needs }) => needs.every((name) => added.has(name)))) {
      statements.push(statement({ start: names.resource(each.name), calls: each.calls, names }));
      late.splice(late.indexOf(each), 1);
    }
  };
  for (const resource of ordered) {
    const calls = callsOf(resource);
    const early = calls.filter(({ needs }) => needs.every((name) => added.has(name)));
    const later = calls.filter((call) => !early.includes(call));
    const isNamed = referred.has(resource.name) || later.length > 0;
    const owner = resource.parent === undefined ? "host" : names.resource(resource.parent);
    const first: CodeCall = {
      method: resource.method,
      args: [{ kind: "value", value: resource.name }, ...resource.args],
    };
    statements.push(
      statement({
        start: `${isNamed ? `const ${names.resource(resource.name)} = ` : ""}${owner}`,
        calls: [first, ...early.map(({ call }) => call)],
        names,
      }),
    );
    added.add(resource.name);
    if (later.length > 0) {
      late.push({
        name: resource.name,
        calls: later.map(({ call }) => call),
        needs: later.flatMap(({ needs }) => needs),
      });
    }
    takeLate();
  }
  return {
    parameters: wanted.map((parameter) => parameterStatement(parameter, names)),
    resources: statements.map((text, index) => {
      const before = statements[index - 1];
      return { text, gap: before === undefined || isLong(before) || isLong(text) };
    }),
    imports: new Quoted([...helpers].toSorted().join(", ")),
  };
}

function isLong({ text }: Quoted): boolean {
  return text.includes("\n");
}

interface OwnCall {
  readonly call: CodeCall;
  /** The resources that must be there before. */
  readonly needs: readonly string[];
}

/** The calls of a resource in the order in which people write them. */
function callsOf({ chain, environment, links }: FoundResource): OwnCall[] {
  return [
    ...chain.map((call) => ({ call, needs: call.args.flatMap(resourcesIn) })),
    ...links.filter(({ how }) => how === "withReference").map(linkCall),
    ...environment.map(([variable, code]) => ({
      call: { method: "withEnvironment", args: [{ kind: "value", value: variable } as const, code] },
      needs: resourcesIn(code),
    })),
    ...links.filter(({ how }) => how !== "withReference").map(linkCall),
  ];
}

function linkCall({ to, how }: Link): OwnCall {
  return { call: { method: how, args: [{ kind: "resource", resource: to }] }, needs: [to] };
}

function statement({
  start,
  calls,
  names,
}: {
  start: string;
  calls: readonly CodeCall[];
  names: CodeNames;
}): Quoted {
  const texts = calls.map((call) => writeCall(call, names));
  const line = `${start}${texts.join("")};`;
  const isShort =
    !line.includes("\n") &&
    ((line.length <= 90 && texts.length <= 3) || (texts.length === 1 && start !== "host"));
  return new Quoted(isShort ? line : `${start}\n${texts.map((text) => `  ${text}`).join("\n")};`);
}

function parameterStatement({ name, secret, generate }: FoundParameter, names: CodeNames): Quoted {
  const options = [...(secret ? ["secret: true"] : []), ...(generate ? ["generate: true"] : [])];
  const end = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
  const call = `addParameter(${quoting.js(name).text}${end})`;
  const start = `const ${names.parameter(name)} = host`;
  const line = `${start}.${call};`;
  return new Quoted(line.length <= 100 ? line : `${start}\n  .${call};`);
}

/** Every value in a resource. */
export function codesOf({ args, chain, environment }: FoundResource): Code[] {
  return [...args, ...chain.flatMap((call) => call.args), ...environment.map(([, code]) => code)];
}

function targetsOf(resource: FoundResource): string[] {
  return [...codesOf(resource).flatMap(resourcesIn), ...resource.links.map(({ to }) => to)];
}

/**
 * What is referred to first. What waits for another always stands behind it; where addresses go around in a circle, the
 * one that is waited for stands first, and gets the addresses of the others in a statement of its own.
 */
function inOrder(resources: readonly FoundResource[]): FoundResource[] {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const needs = new Map(resources.map((resource) => [resource.name, waitedFor(resource)]));
  const ordered: FoundResource[] = [];
  const entered = new Set<string>();
  const enter = (resource: FoundResource): void => {
    if (entered.has(resource.name)) return;
    entered.add(resource.name);
    const soft = targetsOf(resource).filter((name) => !reaches(name, { target: resource.name, needs }));
    for (const name of [...(needs.get(resource.name) ?? []), ...soft]) {
      const other = byName.get(name);
      if (other !== undefined) enter(other);
    }
    ordered.push(resource);
  };
  for (const resource of resources) if (isBacking(resource)) enter(resource);
  for (const resource of resources) if (resource.parent !== undefined) enter(resource);
  for (const resource of resources) enter(resource);
  return ordered;
}

function waitedFor({ parent, links }: FoundResource): string[] {
  const waits = links.filter(({ how }) => how !== "withReference").map(({ to }) => to);
  return parent === undefined ? waits : [parent, ...waits];
}

/** Whether one resource has to stand behind another, over any number of steps. */
function reaches(
  from: string,
  { target, needs }: { target: string; needs: ReadonlyMap<string, readonly string[]> },
): boolean {
  const seen = new Set<string>();
  const waiting = [from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === target) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(needs.get(name) ?? []));
  }
  return false;
}

function isBacking({ method, links, environment }: FoundResource): boolean {
  return (
    links.length === 0 &&
    environment.length === 0 &&
    !["addProject", "addExecutable", "addDockerfile", "addContainer"].includes(method)
  );
}

function nameConstants(
  resources: readonly FoundResource[],
  parameters: readonly FoundParameter[],
): { resources: ReadonlyMap<string, string>; parameters: ReadonlyMap<string, string> } {
  const taken = new Set(["host", "createBuilder", "expression", "encoded"]);
  const claim = (name: string): string => {
    const wanted = quoting.identifier(name).text;
    for (let count = 1; ; count += 1) {
      const candidate = count === 1 ? wanted : `${wanted}${count}`;
      if (taken.has(candidate)) continue;
      taken.add(candidate);
      return candidate;
    }
  };
  return {
    resources: new Map(resources.map(({ name }) => [name, claim(name)])),
    parameters: new Map(parameters.map(({ name }) => [name, claim(name)])),
  };
}
