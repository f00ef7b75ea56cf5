import type { Code } from "./code.ts";
import { value } from "./code.ts";
import type { ComposeService } from "./compose-file.ts";
import { pathInCode, readWords } from "./compose-values.ts";
import { projectOptions } from "./launch.ts";
import type { NamedService, TranslationTools } from "./named-service.ts";
import { isSecretName } from "./secrets.ts";
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
  { service, fill }: NamedService,
  { note, translation }: TranslationTools,
): readonly (readonly [string, Code])[] {
  const options: [string, Code][] = [];
  for (const [field, option] of [
    ["entrypoint", "entrypoint"],
    ["command", "args"],
  ] as const) {
    const given = service.fields[field];
    if (given === undefined || given === null) continue;
    const words = readWords(given, fill);
    if (words === undefined) note(`"${field}" has a variable without a value, and is not translated`, field);
    else if (option === "entrypoint") options.push([option, value(words)]);
    else options.push([option, wordsCode(words, { translation, service })]);
  }
  const capabilities = service.fields["cap_add"];
  if (Array.isArray(capabilities)) options.push(["capabilities", value(capabilities.map(String))]);
  return options;
}

/** Arguments, with parameters in place of secrets: `--password=secret`, `--api-key secret`. */
function wordsCode(
  words: readonly string[],
  { translation, service }: { translation: TranslationContext; service: ComposeService },
): Code {
  const place = service.placeOf("command");
  const items = words.map((word, index): Code => {
    const [, flag, text = ""] = /^-{1,2}([\w.-]+)=([\s\S]*)$/.exec(word) ?? [];
    const before = /^-{1,2}([\w.-]+)$/.exec(words[index - 1] ?? "")?.[1];
    const name = flag ?? before ?? "";
    if (flag === undefined)
      return translateText({ name: variableName(name), text: word, place }, translation);
    const inner = translateText({ name: variableName(name), text, place }, translation);
    return inner.kind === "value"
      ? value(word)
      : { kind: "join", parts: [value(word.slice(0, word.length - text.length)), inner] };
  });
  return items.every((item) => item.kind === "value") ? value(words) : { kind: "list", items };
}

function variableName(flag: string): string {
  return flag === "" ? "ARGUMENT" : flag.toUpperCase().replaceAll(/[^A-Z\d]+/g, "_");
}

function buildArgsOf({ form, fill }: NamedService, { note }: TranslationTools): Record<string, string> {
  if (form.form !== "dockerfile") return {};
  const args: Record<string, string> = {};
  for (const [name, given] of Object.entries(form.buildArgs)) {
    const text = fill(given);
    if (text !== undefined && !isSecretName(name)) args[name] = text;
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
