import { expect, it } from "vitest";
import { environmentLines } from "../../../../../generators/src/apphost/existing/environment-file.ts";
import { openTargetTree } from "../../../../../generators/src/plan/target-tree.ts";
import { targetFolder } from "../../../../fixtures/generators/target-folder.ts";
import { translate } from "../../../../fixtures/generators/translate-compose.ts";

async function linesOf(contents: string): Promise<Record<string, [line: number, text: string]>> {
  const tree = openTargetTree(await targetFolder({ "a.env": contents }));
  const lines = environmentLines(tree, "a.env");
  return Object.fromEntries([...lines].map(([name, { text, line }]) => [name, [line, text]]));
}

// https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
it.each([
  ["plain, exported, spaced", "A=1\nexport B=2\n C = 3 \n", { A: [1, "1"], B: [2, "2"], C: [3, "3"] }],
  [
    "of several lines",
    "A=\"one\ntwo==\n\"\nB='x\ny'\nC=3\n",
    { A: [1, "one\ntwo==\n"], B: [4, "x\ny"], C: [6, "3"] },
  ],
  ["with escapes", String.raw`A="a\nb\t\"c\" \$A \d"`, { A: [1, 'a\nb\t"c" $A \\d'] }],
  ["with comments", 'A=a#b # c\nB="b" # c\nC= # c\n#D=1\n', { A: [1, "a#b"], B: [2, "b"], C: [3, ""] }],
  [
    "that name what is above",
    "A=1\nB=${A}-$A-${C:-c}\nC='${A}'\n",
    { A: [1, "1"], B: [2, "1-1-c"], C: [3, "${A}"] },
  ],
  ["with a quote that is not closed", "A=\"x\nB=it's\nC=3\n", { A: [1, '"x'], B: [2, "it's"], C: [3, "3"] }],
  ["in a file of Windows", '\uFEFFA=1\r\nB="x\r\ny"\r\n', { A: [1, "1"], B: [2, "x\ny"] }],
])("values %s are read as Compose reads them", async (_, contents, wanted) => {
  expect(await linesOf(contents)).toEqual(wanted);
});

it("a file of variables can name those of the project, whose secrets stay out of the code", async () => {
  const { code, all } = await translate("services: { one: { image: acme/one, env_file: one.env } }\n", {
    ".env": "HOST=h\nAPI_TOKEN=hunter2\n",
    "one.env": "URL=http://${HOST}/x\nKEY_LINE=k-${API_TOKEN}\nSHELL_ONES=${ELSEWHERE}\nWORD=pa$word\n",
  });
  expect(code).toContain(`  .withEnvironment("URL", "http://h/x")
  .withEnvironment("KEY_LINE", expression\`k-\${apiToken}\`)
  .withEnvironment("SHELL_ONES", elsewhere)
  .withEnvironment("WORD", "pa$word");`);
  expect(all).not.toContain("hunter");
});
