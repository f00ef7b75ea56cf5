import { asMap, isMapping, mapping } from "./compose-mapping.ts";

/** The fields of a service. */
type Fields = Readonly<Record<string, unknown>>;

/** What `!override` or `!reset` say: whatever stands below is gone; with no value, so is the field. */
export class Replacement {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/**
 * The fields of a service on top of those of another: an override, or one that extends it.
 *
 * https://docs.docker.com/reference/compose-file/merge/
 */
export function layered(below: Fields, above: Fields): Record<string, unknown> {
  return merged(below, above, (name, now, added) => {
    switch (name) {
      case "command":
      case "entrypoint":
        return added;
      case "environment":
      case "depends_on":
      case "labels":
        return merged(asMap(now), asMap(added));
      case "healthcheck":
        return merged(mapping(now), mapping(added), (_, __, field) => field);
      case "build":
        return merged(asBuild(now), asBuild(added), (field, a, b) =>
          field === "args" ? merged(asMap(a), asMap(b)) : together(field, a, b),
        );
      case "env_file":
        return [...asList(now), ...asList(added)];
      case "volumes":
        return mounts(asList(now), asList(added));
      default:
        return together(name, now, added);
    }
  });
}

/** What a field is that both have. */
type Merge = (name: string, now: unknown, added: unknown) => unknown;

function merged(below: Fields, above: Fields, merge: Merge = together): Record<string, unknown> {
  const result: Record<string, unknown> = { ...below };
  for (const [name, added] of Object.entries(above)) {
    const now = result[name];
    if (added instanceof Replacement || now === undefined || now === null) {
      const settled = withoutReplacements(added);
      if (settled === undefined) delete result[name];
      else result[name] = settled;
    } else result[name] = merge(name, now, added);
  }
  return result;
}

function together(_name: string, now: unknown, added: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(added))
    return [...new Set([...(now as unknown[]), ...(added as unknown[])])];
  return isMapping(now) && isMapping(added) ? merged(now, added) : added;
}

/** What takes the place of nothing is just itself. */
function withoutReplacements(given: unknown): unknown {
  if (given instanceof Replacement) return given.value;
  return isMapping(given) ? merged({}, given) : given;
}

/** `build: ./api` is short for `build: { context: ./api }`. */
function asBuild(given: unknown): Fields {
  return typeof given === "string" ? { context: given } : mapping(given);
}

function asList(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? (given as unknown[]) : [given];
}

/** One thing can be mounted at a place only: the last. */
function mounts(below: readonly unknown[], above: readonly unknown[]): unknown[] {
  const places = new Set(above.map(mountPlace));
  return [...below.filter((each) => !places.has(mountPlace(each))), ...above];
}

// /data   ./src:/data:ro   ${SOURCE:-./src}:/data
function mountPlace(given: unknown): string {
  const { target } = mapping(given);
  if (typeof target === "string") return target;
  const parts = String(given)
    .replaceAll(/\$\{[^}]*\}/g, (variable) => variable.replaceAll(":", "\0"))
    .split(":");
  return parts[1] ?? parts[0] ?? "";
}
