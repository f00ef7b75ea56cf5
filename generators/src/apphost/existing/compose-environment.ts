import { asMap, mapping } from "./compose-mapping.ts";
import { environmentLines, findEnvironmentFile } from "./environment-file.ts";
import type { ComposeService } from "./compose-file.ts";
import { fillIn, pathFrom } from "./compose-values.ts";
import type { FillIn } from "./compose-values.ts";
import { piecesOf, plainText } from "./interpolate.ts";
import { isPlainValue, isSecretName } from "./secrets.ts";
import type { Note, Place } from "./system.ts";
import { markVariable } from "./translate-values.ts";
import type { Variable } from "./translate-values.ts";

/** The variables of a service, from `env_file` and `environment`. */
export interface ServiceVariables {
  readonly variables: readonly Variable[];
  /** Variables that are passed on from the shell, where they have no value that could be seen. */
  readonly passed: readonly { readonly name: string; readonly place: Place }[];
  /** Variables that only have a value when the shell gives one: `${TOKEN:-}`. */
  readonly empty: readonly { readonly name: string; readonly place: Place }[];
  readonly notes: readonly Note[];
}

/** Reads the variables of a service; of those that are not known yet, or secret, marks stand in the text. */
export function readVariables(
  service: ComposeService,
  {
    tree,
    fill,
    resource,
    isProcess,
  }: {
    tree: Parameters<typeof environmentLines>[0];
    fill: FillIn;
    resource: string;
    isProcess: boolean;
  },
): ServiceVariables {
  const found = new Map<string, Variable>();
  const passed: { name: string; place: Place }[] = [];
  const empty: { name: string; place: Place }[] = [];
  const notes: Note[] = [];
  for (const given of asList(service.fields["env_file"])) {
    const file = pathFrom(service.folder, fill(mapping(given)["path"] ?? given) ?? "");
    const there = findEnvironmentFile(tree, file);
    const isExample = there !== file;
    // What an example leaves empty is for a person to fill in; a process reads its own file when there is one.
    const lines =
      isExample && isProcess
        ? []
        : environmentLines(tree, file, { fill: (raw, above) => fillLine(raw, { above, service }) });
    for (const [name, { text, line }] of lines) {
      if (!isExample || text !== "") found.set(name, { name, text, place: { file: there ?? file, line } });
    }
    if (!isExample) continue;
    const text =
      there === undefined || isProcess
        ? `"${file}" is not there, so that its variables are not translated`
        : `"${file}" is not there; its example "${there}" is taken instead`;
    notes.push({ ...service.placeOf("env_file"), resource, text });
  }
  for (const [name, given] of Object.entries(asMap(service.fields["environment"]))) {
    const place = service.placeOf("environment", name);
    const text =
      given === null ? service.variables.get(name) : markedText(scalarText(given), service.variables);
    if (text === undefined) passed.push({ name, place });
    else if (text === "" && given !== "") empty.push({ name, place });
    else found.set(name, { name, text, place });
  }
  const misnamed = [...found.keys()].filter((name) => !/^[^=\0\s]+$/.test(name));
  if (misnamed.length > 0) {
    const text = `not names of variables, and left out: ${misnamed.join(", ")}`;
    notes.push({ ...service.placeOf("environment"), resource, text });
  }
  for (const name of misnamed) found.delete(name);
  return { variables: [...found.values()], passed, empty, notes };
}

/** What a line of a file can name stands above it, or is known to the whole project; `pa$word` may mean itself. */
function fillLine(
  raw: string,
  { above, service }: { above: ReadonlyMap<string, string>; service: ComposeService },
): string {
  const variables = new Map([...service.variables, ...above]);
  const isKnown = raw.includes("${") || plainText(piecesOf(raw, variables)) !== undefined;
  return isKnown ? markedText(raw, variables) : raw;
}

/** A value with its variables filled in, but for those without a value and those that are secret: these are marked. */
export function markedText(text: string, variables: ReadonlyMap<string, string>): string {
  return piecesOf(text, variables)
    .map((piece) => {
      if ("text" in piece) return piece.text;
      const { variable, found } = piece;
      if (found === undefined) return markVariable(variable);
      return isSecretName(variable) && !isPlainValue(found) ? markVariable(variable, found) : found;
    })
    .join("");
}

/** Fills in variables as `fill` does, but puts marks in the places of secrets. */
export function fillMarked(variables: ReadonlyMap<string, string>): FillIn {
  const fill = fillIn(variables);
  return (given) => (fill(given) === undefined ? undefined : markedText(String(given), variables));
}

function scalarText(given: unknown): string {
  return typeof given === "string" ? given : JSON.stringify(given);
}

function asList(given: unknown): unknown[] {
  if (given === undefined || given === null) return [];
  return Array.isArray(given) ? (given as unknown[]) : [given];
}
