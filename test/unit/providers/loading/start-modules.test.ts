import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// A program of its own, since this one has loaded all of it long ago.
const program = `
  const before = new Set(process.moduleLoadList);
  const { dotenv, env, file, loadConfig } = await import("@dext/providers");
  await loadConfig({ layers: [file("none.yaml", { optional: true }), dotenv(), env({ prefix: "APP__" })] });
  const added = process.moduleLoadList.filter((each) => !before.has(each));
  process._rawDebug(JSON.stringify(added));
`;

test("a start with files, .env and the environment loads none of Node's streams, which take longer than all the rest", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: import.meta.dirname,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const added = JSON.parse(stderr) as string[];
  const unwanted =
    /NativeModule (?:stream|fs\/promises|internal\/(?:streams|readline|fs\/(?:promises|streams)))/;
  expect(added.filter((each) => unwanted.test(each))).toEqual([]);
});
