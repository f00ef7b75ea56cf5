import type { ClosureMember } from "./description.ts";
import { findCycles } from "./dependency-cycles.ts";
import type { Inspection } from "./inspection.ts";
import { findWorkspaceDependencies } from "./workspace-dependencies.ts";
import type { WorkspaceDependency, WorkspaceRules } from "./workspace-dependencies.ts";
import { describeMember } from "./workspace-members.ts";
import type { LoadedMember } from "./workspace-members.ts";

/** What a project needs of its workspace. */
export interface WorkspaceClosure {
  /** Dependencies before their dependents, the project itself left out. */
  readonly closure: readonly ClosureMember[];
  readonly cycles: readonly (readonly string[])[];
}

type Graph = ReadonlyMap<LoadedMember, readonly WorkspaceDependency[]>;

/**
 * Everything that a project needs of its workspace, over any number of steps.
 *
 * Development dependencies are followed too, since a member is built with its own; what only they lead to is marked.
 */
export async function findWorkspaceClosure(
  inspection: Inspection,
  { project, rules }: { project: LoadedMember; rules: WorkspaceRules },
): Promise<WorkspaceClosure> {
  const graph = await readGraph(inspection, { project, rules });
  const inProduction = reach(graph, { from: project, follows: ({ needed }) => needed === "production" });
  const reasons = firstReasons(graph, project);
  const ordered = dependenciesFirst(graph, project).filter((member) => member !== project);
  const closure = ordered.map((member): ClosureMember => {
    const { because = "", file = "", line = 1 } = reasons.get(member) ?? {};
    const needed = inProduction.has(member) ? "production" : "development";
    return { ...describeMember(member), needed, because, file, line };
  });
  const cycles = findCycles([...graph.keys()], (member) => graph.get(member)?.map(({ to }) => to) ?? []).map(
    (cycle) => cycle.map(({ name }) => name),
  );
  for (const cycle of cycles) warnAboutCycle(inspection, cycle);
  return { closure, cycles };
}

/** The dependencies of the project and of everything that it leads to. */
async function readGraph(
  inspection: Inspection,
  { project, rules }: { project: LoadedMember; rules: WorkspaceRules },
): Promise<Graph> {
  const graph = new Map<LoadedMember, readonly WorkspaceDependency[]>();
  const waiting = [project];
  for (let from = waiting.shift(); from !== undefined; from = waiting.shift()) {
    if (graph.has(from)) continue;
    const dependencies = await findWorkspaceDependencies(inspection, { from, rules });
    graph.set(from, dependencies);
    waiting.push(...dependencies.map(({ to }) => to));
  }
  return graph;
}

function reach(
  graph: Graph,
  { from, follows }: { from: LoadedMember; follows: (dependency: WorkspaceDependency) => boolean },
): ReadonlySet<LoadedMember> {
  const reached = new Set([from]);
  for (const member of reached) {
    for (const dependency of graph.get(member) ?? []) if (follows(dependency)) reached.add(dependency.to);
  }
  return reached;
}

/** For each member the dependency by which it is met first, going outwards from the project. */
function firstReasons(graph: Graph, project: LoadedMember): ReadonlyMap<LoadedMember, WorkspaceDependency> {
  const reasons = new Map<LoadedMember, WorkspaceDependency>();
  for (const member of reach(graph, { from: project, follows: () => true })) {
    for (const dependency of graph.get(member) ?? []) {
      if (!reasons.has(dependency.to)) reasons.set(dependency.to, dependency);
    }
  }
  return reasons;
}

/** Dependencies before their dependents, otherwise by path; a circle is cut where it is met again. */
function dependenciesFirst(graph: Graph, project: LoadedMember): readonly LoadedMember[] {
  const ordered: LoadedMember[] = [];
  const seen = new Set<LoadedMember>();
  const visit = (member: LoadedMember): void => {
    if (seen.has(member)) return;
    seen.add(member);
    const targets = (graph.get(member) ?? []).map(({ to }) => to);
    for (const target of targets.toSorted((a, b) => (a.path < b.path ? -1 : 1))) visit(target);
    ordered.push(member);
  };
  visit(project);
  return ordered;
}

function warnAboutCycle(inspection: Inspection, cycle: readonly string[]): void {
  const message = `Packages of the workspace need each other in a circle: ${cycle.join(" → ")}`;
  inspection.warn({ code: "workspace-cycle", message });
}
