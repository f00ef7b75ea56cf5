import { Expression } from "../model/expression.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import { ParameterBuilder } from "../model/parameter-builder.ts";

/**
 * The password of a resource: the parameter given, or one of its own, `<name>-password`, that is generated and kept.
 *
 * Call it while the connection is described: by then the resource's own name is known to be good, and a mistake in it
 * is not reported as one of the parameter.
 */
export function passwordParameter(
  host: ModelBuilder,
  {
    name,
    given,
    suffix = "password",
  }: { name: string; given: ParameterBuilder | undefined; suffix?: string },
): ParameterBuilder {
  if (given === undefined) return host.addParameter(`${name}-${suffix}`, { secret: true, generate: true });
  host.checkOwner(given.host, { what: `the ${suffix} of "${name}"` });
  return given;
}

/** A connection property of a resource that is only being added, for its own launchers. */
export function ownProperty(
  host: ModelBuilder,
  { name, property }: { name: string; property: string },
): Expression {
  return new Expression({ type: "property", resource: name, property }, host);
}
