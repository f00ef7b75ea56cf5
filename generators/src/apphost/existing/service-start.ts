import type { Code } from "./code.ts";
import { join, value } from "./code.ts";
import { fillMarked } from "./compose-environment.ts";
import { mapping } from "./compose-mapping.ts";
import { pathInCode, readWords } from "./compose-values.ts";
import { projectOptions } from "./launch.ts";
import type { NamedService, TranslationTools } from "./named-service.ts";
import { isSecretName } from "./secrets.ts";
import type { Place } from "./system.ts";
import { translateText } from "./translate-values.ts";
import type { TranslationContext } from "./translate-values.ts";

/** The call that adds the resource. */
export function startOf(named: NamedService, tools: TranslationTools): { method: string; args: Code[] } {
  const { form, host } = named;
  if (form.form === "known") return { method: form.kind.method, args: [] };
  if (form.form === "project") {
    const options = [...commandOfProject(named, tools)];
    if (!host.endpoints.some(({ scheme }) => scheme === "http")) options.push(["http", value(false)]);
    return { method: "addProject", args: [value(pathInCode(form.project.path)), ...optionsOf(options)] };
  }
  const command = commandOfContainer(named, tools);
  if (form.form === "container") {
    return { method: "addContainer", args: [value(form.image), ...optionsOf(command)] };
  }
  const options: [string, Code][] = [];
  if (form.dockerfile !== undefined) options.push(["dockerfile", value(form.dockerfile)]);
  if (form.target !== undefined) options.push(["target", value(form.target)]);
  for (const field of ["additional_contexts", "secrets", "ssh"]) {
    if (mapping(named.service.fields["build"])[field] === undefined) continue;
    tools.note(`"${field}" of its build is not translated`, "build", field);
  }
  const buildArgs = buildArgsOf(named, tools);
  if (Object.keys(buildArgs).length > 0) options.push(["buildArgs", value(buildArgs)]);
  return {
    method: "addDockerfile",
    args: [value(pathInCode(form.context)), ...optionsOf([...options, ...command])],
  };
}

function optionsOf(entries: readonly (readonly [string, Code])[]): Code[] {
  return entries.length === 0 ? [] : [{ kind: "options", entries }];
}

/** What the project is run by, where its command says otherwise than its manifest. */
function commandOfProject(
  { service, form, fill }: NamedService,
  { note }: TranslationTools,
): readonly (readonly [string, Code])[] {
  const field = ["command", "entrypoint"].find(
    (name) => service.fields[name] !== undefined && service.fields[name] !== null,
  );
  if (field === undefined || form.form !== "project") return [];
  const words = readWords(service.fields[field], fill) ?? [];
  const plain =
    words[0] === "sh" && words[1] === "-c" && words.length === 3 ? (readWords(words[2], fill) ?? []) : words;
  const options = projectOptions(plain, form.project);
  if (options !== undefined) return options;
  note(`its own script runs instead of "${field}"`, field);
  return [];
}

function commandOfContainer(
  { service }: NamedService,
  { note, translation }: TranslationTools,
): readonly (readonly [string, Code])[] {
  const options: [string, Code][] = [];
  const wordsOf = (field: "entrypoint" | "command"): Code[] | undefined => {
    const given = service.fields[field];
    if (given === undefined || given === null) return undefined;
    const words = readWords(given, fillMarked(service.variables));
    if (words === undefined) note(`"${field}" has a variable without a value, and is not translated`, field);
    return words && wordCodes(words, { translation, place: service.placeOf(field) });
  };
  const entrypoint = wordsOf("entrypoint");
  const command = wordsOf("command");
  // An entry point is plain text. Whatever refers to something is an argument, which makes no difference behind the program.
  const plain = entrypoint?.findIndex(({ kind }) => kind !== "value") ?? -1;
  const end = plain === -1 ? (entrypoint?.length ?? 0) : plain;
  const args = [...(entrypoint?.slice(end) ?? []), ...(command ?? [])];
  if (entrypoint !== undefined) options.push(["entrypoint", listOf(entrypoint.slice(0, end))]);
  if (command !== undefined || args.length > 0) options.push(["args", listOf(args)]);
  const capabilities = service.fields["cap_add"];
  if (Array.isArray(capabilities)) options.push(["capabilities", value(capabilities.map(String))]);
  return options;
}

/** Arguments, with parameters in place of secrets: `--password=secret`, `--api-key secret`, `-e PASSWORD=secret`. */
function wordCodes(
  words: readonly string[],
  { translation, place }: { translation: TranslationContext; place: Place },
): Code[] {
  return words.map((word, index): Code => {
    const [, flag, text = ""] = /^-{0,2}([\w.-]+)=([\s\S]*)$/.exec(word) ?? [];
    const before = /^-{1,2}([\w.-]+)$/.exec(words[index - 1] ?? "")?.[1];
    // sh -c "a script" is no secret of the name C.
    const name = flag ?? (/\s/.test(word) ? "" : before) ?? "";
    if (flag === undefined)
      return translateText({ name: variableName(name), text: word, place }, translation);
    const inner = translateText({ name: variableName(name), text, place }, translation);
    return inner.kind === "value"
      ? value(word)
      : join([value(word.slice(0, word.length - text.length)), inner]);
  });
}

function listOf(items: readonly Code[]): Code {
  const words = items.flatMap((item) => (item.kind === "value" ? [item.value] : []));
  return words.length === items.length ? value(words) : { kind: "list", items };
}

function variableName(flag: string): string {
  return flag === "" ? "ARGUMENT" : flag.toUpperCase().replaceAll(/[^A-Z\d]+/g, "_");
}

function buildArgsOf(
  { form, fill, service }: NamedService,
  { note }: TranslationTools,
): Record<string, string> {
  if (form.form !== "dockerfile") return {};
  const args: Record<string, string> = {};
  for (const [name, given] of Object.entries(form.buildArgs)) {
    const text = fill(given);
    const isSecret = isSecretName(name) || fillMarked(service.variables)(given) !== text;
    if (text !== undefined && !isSecret) args[name] = text;
    else
      note(
        `the build argument "${name}" is ${text === undefined ? "a variable without a value" : "a secret"}, and is not translated`,
        "build",
        "args",
        name,
      );
  }
  return args;
}
