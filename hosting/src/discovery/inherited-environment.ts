/** What the tools on the developer's machine are let in by. */
const ofTools = [/^VAULT_/, /^CONSUL_.*TOKEN$/];
/** What another run told us, and what npm told this script. */
const ofOthers = [/^Parameters__/i, /^services__/i, /^ConnectionStrings__/i, /^npm_/i, /^PORT$/, /^DEXT_/];

/** The caller's environment as far as a resource may see it. */
export function inheritedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  options: { colour: boolean },
): Record<string, string> {
  const inherited = without(environment, [...ofTools, ...ofOthers]);
  if (options.colour && inherited["NO_COLOR"] === undefined) inherited["FORCE_COLOR"] ??= "1";
  return inherited;
}

/** The caller's environment as sources of configuration see it, which the AppHost reads in the place of its resources. */
export function sourceEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return without(environment, ofOthers);
}

/** Whether a variable lets tools of the developer in, and is nothing for a resource. */
export function isOfTools(name: string): boolean {
  return ofTools.some((pattern) => pattern.test(name));
}

function without(
  environment: Readonly<Record<string, string | undefined>>,
  withheld: readonly RegExp[],
): Record<string, string> {
  const left: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !withheld.some((pattern) => pattern.test(name))) left[name] = value;
  }
  return left;
}
