/** What a child never inherits: secrets of our own tools, what another run told us, and what npm told this script. */
const withheld = [
  /^VAULT_/,
  /^CONSUL_.*TOKEN$/,
  /^Parameters__/i,
  /^services__/i,
  /^ConnectionStrings__/i,
  /^npm_/i,
  /^PORT$/,
  /^DEXT_/,
];

/** The caller's environment as far as a resource may see it. */
export function inheritedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  options: { colour: boolean },
): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !withheld.some((pattern) => pattern.test(name))) inherited[name] = value;
  }
  if (options.colour && inherited["NO_COLOR"] === undefined) inherited["FORCE_COLOR"] ??= "1";
  return inherited;
}
