/**
 * One circle for each group of nodes that lead to each other, with its first node again at its end.
 *
 * @param nodes all nodes, in the order in which circles are to be reported.
 * @param targetsOf the nodes that a node leads to.
 */
export function findCycles<Node>(
  nodes: readonly Node[],
  targetsOf: (node: Node) => readonly Node[],
): readonly (readonly Node[])[] {
  const cycles: (readonly Node[])[] = [];
  const reported = new Set<Node>();
  for (const node of nodes) {
    if (reported.has(node)) continue;
    const cycle = shortestWayBack(node, targetsOf);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const member of cycle) reported.add(member);
  }
  return cycles;
}

function shortestWayBack<Node>(
  start: Node,
  targetsOf: (node: Node) => readonly Node[],
): readonly Node[] | undefined {
  const cameFrom = new Map<Node, Node>();
  const waiting = [start];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    for (const target of targetsOf(node)) {
      if (target === start) return [...wayTo(node, cameFrom), start];
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      waiting.push(target);
    }
  }
  return undefined;
}

/** The nodes from the start to a node. */
function wayTo<Node>(node: Node, cameFrom: ReadonlyMap<Node, Node>): readonly Node[] {
  const way: Node[] = [];
  for (let current: Node | undefined = node; current !== undefined; current = cameFrom.get(current)) {
    way.unshift(current);
  }
  return way;
}
