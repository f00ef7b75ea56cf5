import type { DescribedParameter, DescribedResource, ModelDescription } from "@dext/protocol";
import { columns } from "@dext/hosting/output";
import type { Style } from "@dext/hosting/output";

/** A description as lines for a person. */
export function layOutDescription(description: ModelDescription, style: Style): string[] {
  return [
    `${style.bold(description.name)}  ${style.dim(description.directory)}`,
    ...layOutParameters(description.parameters, style),
    ...description.resources.flatMap((resource) => ["", ...layOutResource(resource, style)]),
  ];
}

function layOutParameters(parameters: readonly DescribedParameter[], style: Style): string[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ name, secret, source, value }) => [
    `  ${name}`,
    secret ? "***" : (value ?? ""),
    source === "missing" ? style.yellow("missing") : `from ${source}`,
  ]);
  return ["", style.bold("Parameters"), ...columns(rows)];
}

function layOutResource(resource: DescribedResource, style: Style): string[] {
  const { name, kind, replicas, definedAt, warnings } = resource;
  const heading = [
    style.bold(style.cyan(name)),
    kind,
    ...(replicas > 1 ? [`${replicas} replicas`] : []),
    ...(definedAt === undefined ? [] : [style.dim(definedAt)]),
  ];
  return [
    heading.join("  "),
    ...launcherLines(resource, style),
    ...commandLines(resource, style),
    ...section("endpoints", endpointTexts(resource)),
    ...section("connection", resource.connectionString === undefined ? [] : [resource.connectionString]),
    ...section(
      "references",
      resource.references.map(({ resource: target, as }) =>
        as === undefined ? target : `${target} as ${as}`,
      ),
    ),
    ...section(
      "waits for",
      resource.waits.map(({ resource: target, until }) => `${target} ${until}`),
    ),
    ...section("health", resource.healthChecks),
    ...section("filled with", resource.seeds ?? []),
    ...section("config", configurationTexts(resource)),
    ...environmentLines(resource, style),
    ...section(
      "warning",
      warnings.map((warning) => style.yellow(warning)),
    ),
  ];
}

/** The launcher that would be taken with its reason, then those that were looked at and not taken. */
function launcherLines({ launcher, launchers }: DescribedResource, style: Style): string[] {
  return section(
    "launcher",
    launchers
      .toSorted((a, b) => Number(b.launcher === launcher) - Number(a.launcher === launcher))
      .map((attempt) => {
        const text = `${attempt.launcher}: ${attempt.because}`;
        if (attempt.launcher === launcher) return style.green(text);
        return style.dim(attempt.remedy === undefined ? text : `${text} (${attempt.remedy})`);
      }),
  );
}

function commandLines({ command }: DescribedResource, style: Style): string[] {
  if (command === undefined) return [];
  const words = [command.command, ...command.args].map(quoteWord).join(" ");
  return section("command", [words, style.dim(`in ${command.cwd}: ${command.because}`)]);
}

function endpointTexts({ endpoints }: DescribedResource): string[] {
  return endpoints.map(({ name, scheme, port, env, external }) =>
    [
      name === scheme ? name : `${name} (${scheme})`,
      port === undefined ? "a free port" : `port ${port}`,
      ...(env === undefined ? [] : [`told by ${env}`]),
      ...(external ? ["external"] : []),
    ].join(", "),
  );
}

/** `db.* from file config.yaml, env APP__*; restart when they change`. */
function configurationTexts({ configurations = [] }: DescribedResource): string[] {
  return configurations.map(({ keys, onChange, from, sources }) => {
    const read = sources.map(({ source, state }) => (state === "READY" ? source : `${source} (${state})`));
    const places = [...read, ...(read.length === 0 ? from : [])];
    const reaction = { restart: "restart", signal: "SIGHUP", none: "nothing" }[onChange];
    const origin = places.length === 0 ? "" : ` from ${places.join(", ")}`;
    return `${keys.join(", ")}${origin}; ${reaction} when they change`;
  });
}

function environmentLines({ environment }: DescribedResource, style: Style): string[] {
  const rows = environment.map(({ name, value, because }) => [`${name}=${value}`, style.dim(because)]);
  // A long value, such as a connection string, would push all reasons off the screen.
  const width = Math.min(60, Math.max(0, ...rows.map(([text = ""]) => text.length)));
  return section(
    "environment",
    rows.map(([text = "", because = ""]) => `${text.padEnd(width)}  ${because}`),
  );
}

const titleWidth = 13;

/** Lines under a title that stands before the first of them. */
function section(title: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? title : "").padEnd(titleWidth)}${line}`);
}

/** As it could be typed in a shell. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
