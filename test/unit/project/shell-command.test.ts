import { describe, expect, test } from "vitest";
import { invocationOf, splitCommands } from "../../../project/src/shell-command.ts";

describe("splitCommands", () => {
  test.each<[string, readonly (readonly string[])[]]>([
    ["", []],
    ["vite", [["vite"]]],
    ["a b && c || d; e | f & g", [["a", "b"], ["c"], ["d"], ["e"], ["f"], ["g"]]],
    ["echo \"a && b\" 'c ; d' e\\ f", [["echo", "a && b", "c ; d", "e f"]]],
    ['A="x y"z node a.js', [["A=x yz", "node", "a.js"]]],
    ['say "it\\"s"', [["say", 'it"s']]],
    ["a ''", [["a", ""]]],
    ["node 'open", [["node", "'open"]]],
    ["a\nb", [["a"], ["b"]]],
  ])("splits %j", (script, expected) => {
    expect(splitCommands(script).map(({ words }) => words)).toEqual(expected);
  });

  test("takes a megabyte of hostile text", () => {
    for (const text of [
      '"'.repeat(1_000_000),
      "\\".repeat(1_000_000),
      "a&".repeat(500_000),
      "1".repeat(1_000_000),
      "a>".repeat(500_000),
    ]) {
      expect(splitCommands(text).length).toBeGreaterThan(0);
    }
  });
});

test("splitCommands leaves out where output goes to, and marks what is piped", () => {
  expect(splitCommands("node a.js 3000 >out.log 2>&1 | tee -a x && node b.js < in 2> err &")).toEqual([
    { words: ["node", "a.js", "3000"], isPiped: true },
    { words: ["tee", "-a", "x"] },
    { words: ["node", "b.js"] },
  ]);
});

describe("invocationOf sees", () => {
  test.each([
    ["NODE_ENV=a B=c vite --host", "vite", ["--host"]],
    ["cross-env A=1 B=2 node a.js", "node", ["a.js"]],
    ["npx --yes vite", "vite", []],
    ["pnpm exec vite dev", "vite", ["dev"]],
    ["yarn dlx vite", "vite", []],
    ["bun --bun vite", "vite", []],
    ["bunx --bun astro dev", "astro", ["dev"]],
    ["dotenv -e .env.local -- next dev", "next", ["dev"]],
    ["exec ./node_modules/.bin/tsx a.ts", "tsx", ["a.ts"]],
    ["node_modules\\\\.bin\\\\vite.cmd", "vite", []],
    ["npm run dev", "npm", ["run", "dev"]],
  ])("%s", (script, program, args) => {
    const [command] = splitCommands(script);
    expect(command && invocationOf(command)).toEqual({ program, args });
  });

  test("nothing when only variables are set", () => {
    expect(invocationOf({ words: ["A=1"] })).toBeUndefined();
  });
});
