import { describe, expect, test } from "vitest";
import { parseIgnoreRules } from "../../../../hosting/src/containers/ignore-rules.ts";

const cases: [title: string, text: string, ignored: string[], wanted: string[]][] = [
  [
    "a name means the file or folder at the top",
    "node_modules",
    ["node_modules", "node_modules/a/b.js"],
    ["src/node_modules/a.js"],
  ],
  [
    "two stars mean any number of folders",
    "**/node_modules",
    ["node_modules/x", "a/b/node_modules/x"],
    ["a/node_modules2"],
  ],
  ["a star stays in its folder", "*.md", ["README.md"], ["docs/README.md"]],
  ["two stars and an ending", "**/*.log", ["a.log", "x/y/b.log"], ["x/log"]],
  ["a folder with two stars at its end", "build/**", ["build/a", "build/a/b"], ["builds/a"]],
  ["a question mark is one character", "?.txt", ["a.txt"], ["ab.txt", "/.txt"]],
  ["a class", "[a-c].txt", ["b.txt"], ["d.txt"]],
  ["an exception takes back", "*.md\n!README.md", ["x.md"], ["README.md"]],
  [
    "the last one that matches decides",
    "*.md\n!README*.md\nREADME-secret.md",
    ["README-secret.md"],
    ["README.md"],
  ],
  [
    "an exception below a folder that is left out",
    "dist\n!dist/keep.js",
    ["dist/a.js", "dist"],
    ["dist/keep.js"],
  ],
  ["everything but a folder", "*\n!src", ["a.txt", "lib/a.js"], ["src", "src/a/b.js"]],
  ["slashes, dots and blanks around a pattern", "  /a/./b//  \r\n", ["a/b", "a/b/c"], ["b"]],
  ["remarks and empty lines", "# a\n\n!\n", [], ["a", "# a"]],
  ["a byte order mark", "\uFEFFa", ["a"], ["b"]],
  ["characters of regular expressions stand for themselves", "a+(b).txt", ["a+(b).txt"], ["aab.txt"]],
  ["a backslash takes the meaning away", String.raw`\*.txt`, ["*.txt"], ["a.txt"]],
  ["a class that is none matches nothing", "[z-a]", [], ["z", "[z-a]"]],
];

describe("the rules of a .dockerignore", () => {
  test.each(cases)("%s", (_title, text, ignored, wanted) => {
    const rules = parseIgnoreRules(text);
    expect(ignored.filter((path) => !rules.ignores(path))).toEqual([]);
    expect(wanted.filter((path) => rules.ignores(path))).toEqual([]);
  });

  test("know where an exception can still be", () => {
    const rules = parseIgnoreRules("*\n!src/app/*.ts");
    expect(["src", "src/app", "lib"].map((path) => rules.mayWantBelow(path))).toEqual([true, true, false]);
    expect(parseIgnoreRules("a").mayWantBelow("a")).toBe(false);
    expect(parseIgnoreRules("a\n!**/keep").mayWantBelow("a")).toBe(true);
  });
});
