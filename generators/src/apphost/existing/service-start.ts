import type { Code } from "./code.ts";
import { value } from "./code.ts";
import { fillMarked } from "./compose-environment.ts";
import { mapping } from "./compose-mapping.ts";
import { pathInCode, readWords, splitWords } from "./compose-values.ts";
import { projectOptions } from "./launch.ts";
import type { NamedService, TranslationTools } from "./named-service.ts";
import { isSecretName } from "./secrets.ts";
import { isPlainList, listOf, wordCodes } from "./word-codes.ts";

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
  { service, form }: NamedService,
  { note, translation }: TranslationTools,
): readonly (readonly [string, Code])[] {
  const field = ["command", "entrypoint"].find(
    (name) => service.fields[name] !== undefined && service.fields[name] !== null,
  );
  if (field === undefined || form.form !== "project") return [];
  const words = readWords(service.fields[field], fillMarked(service.variables)) ?? [];
  const [shell, flag, script = ""] = words;
  const isScript = shell === "sh" && flag === "-c" && words.length === 3;
  const plain = !isScript ? words : /[$`]/.test(script) ? [] : splitWords(script);
  const options = projectOptions(plain, form.project)?.filter(([option, code]) => {
    const args = option === "args" && code.kind === "value" ? (code.value as string[]) : [];
    const isPlain = isPlainList(wordCodes(args, { translation, place: service.placeOf(field) }));
    if (!isPlain) note("what stands behind its command holds a secret or an address, and is left out", field);
    return isPlain;
  });
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
