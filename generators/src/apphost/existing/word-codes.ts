import type { Code } from "./code.ts";
import { join, value } from "./code.ts";
import type { Place } from "./system.ts";
import { translateText } from "./translate-values.ts";
import type { TranslationContext } from "./translate-values.ts";

/** Arguments, with parameters in place of secrets: `--password=secret`, `--api-key secret`, `-e PASSWORD=secret`. */
export function wordCodes(
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

/** A list, as data where it refers to nothing. */
export function listOf(items: readonly Code[]): Code {
  if (!isPlainList(items)) return { kind: "list", items };
  return value(items.map((item) => (item.kind === "value" ? item.value : "")));
}

/** Whether none of these refers to something. */
export function isPlainList(items: readonly Code[]): boolean {
  return items.every(({ kind }) => kind === "value");
}

function variableName(flag: string): string {
  return flag === "" ? "ARGUMENT" : flag.toUpperCase().replaceAll(/[^A-Z\d]+/g, "_");
}
