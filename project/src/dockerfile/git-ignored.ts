import { dirname, join, relative, sep } from "node:path";
import type { Inspection } from "../inspection.ts";
import { foldersOfRepository } from "../workspace-root.ts";

interface Rule {
  readonly pattern: RegExp;
  readonly isNegated: boolean;
  readonly forFolders: boolean;
}

/**
 * The names of a folder's top level that git leaves out: they are there on one machine and not on the next, so no image
 * is made from them.
 */
export async function gitIgnoredNames(
  inspection: Inspection,
  directory: string,
): Promise<ReadonlySet<string>> {
  const top = (await foldersOfRepository(inspection)).at(-1) ?? directory;
  const listing = await inspection.list(directory);
  const ignored = new Set<string>();
  for (const folder of foldersDownTo(directory, top)) {
    const text = (await inspection.readHelpfulText(join(folder, ".gitignore"))) ?? "";
    const rules = rulesOf(text);
    const inner = relative(folder, directory).split(sep).filter(Boolean);
    for (const [name, kind] of rules.length === 0 ? [] : listing) {
      const path = [...inner, name].join("/");
      for (const { pattern, isNegated, forFolders } of rules) {
        if ((forFolders && kind === "file") || !pattern.test(path)) continue;
        if (isNegated) ignored.delete(name);
        else ignored.add(name);
      }
    }
  }
  return ignored;
}

/** From the repository's root, or the folder itself when that lies elsewhere, to the folder. */
function foldersDownTo(directory: string, top: string): readonly string[] {
  const folders = [directory];
  while (folders[0] !== top && `${folders[0]}${sep}`.startsWith(`${top}${sep}`)) {
    folders.unshift(dirname(folders[0] ?? top));
  }
  return folders;
}

// node_modules/    *.local.json    /data    !keep.json    uploads/*
function rulesOf(text: string): readonly Rule[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const kept = lines.filter((line) => line.startsWith("!"));
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const isNegated = line.startsWith("!");
      const plain = isNegated ? line.slice(1) : line;
      // A folder that only a .gitkeep is kept of counts as ignored as a whole.
      const holdsAll = /^(?<folder>.*[^/*])\/\*\*?$/.exec(plain)?.groups?.["folder"];
      const isEmpty =
        holdsAll !== undefined &&
        !kept.some(
          (rule) => rule.startsWith(`!${holdsAll}/`) && !/\/\.(?:gitkeep|gitignore|keep)$/.test(rule),
        );
      const rule = isEmpty ? `${holdsAll}/` : plain;
      return {
        pattern: patternOf(rule.replace(/\/$/, "")),
        isNegated,
        forFolders: rule.endsWith("/"),
      };
    });
}

/** A rule with a slash counts from the folder of its file on, another one in every folder below. */
function patternOf(rule: string): RegExp {
  const anchored = rule.replace(/^\//, "");
  const start = rule.includes("/") ? "^" : "(?:^|/)";
  const body = anchored
    .split(/(\*\*\/|\/\*\*|\*|\?)/)
    .map((part) => wildcards[part] ?? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join("");
  return new RegExp(`${start}${body}$`);
}

const wildcards: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "/**": "/.*",
  "*": "[^/]*",
  "?": "[^/]",
};
