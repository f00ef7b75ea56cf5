import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { expect, onTestFinished, test, vi } from "vitest";
import { repository } from "../../fixtures/cli/app-folder.ts";

// A terminal and a program on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const down = "\u001b[B";

interface Terminal {
  readonly shows: (text: string | RegExp) => Promise<void>;
  readonly type: (keys: string) => void;
  readonly ended: Promise<number>;
}

/** @param options.errors a file for what would go to the terminal as stderr */
function startOnTerminal(
  args: readonly string[],
  cwd: string,
  { errors = "/dev/tty" }: { errors?: string } = {},
): Terminal {
  const environment = Object.entries({ ...process.env, TERM: "xterm", NO_COLOR: "1" });
  const command = [process.execPath, join(repository, "cli/bin/dext.js"), ...args];
  const terminal = spawn("sh", ["-c", `exec "$@" 2>${errors}`, "sh", ...command], {
    cwd,
    env: Object.fromEntries(environment.filter(([name]) => name !== "CI" && name !== "FORCE_COLOR")),
    cols: 100,
  });
  let screen = "";
  terminal.onData((text) => (screen += text));
  onTestFinished(() => terminal.kill("SIGKILL"));
  return {
    shows: (text) => vi.waitFor(() => expect(stripVTControlCharacters(screen)).toMatch(text), 15_000),
    type: (keys) => terminal.write(keys),
    ended: new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode))),
  };
}

async function emptyFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "dext-ask-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("dext new app asks on a terminal for what no flag says, and proposes what is usual", async () => {
  const folder = await emptyFolder();
  const args = ["new", "app", "--kind", "worker", "--no-install", "--no-git"];
  const { shows, type, ended } = startOnTerminal(args, folder);
  await shows("What is the system called?");
  type("Shop\r");
  await shows("wanted up to 63 lower-case letters");
  type("\u007F\u007F\u007F\u007Fshop\r");
  await shows("What runs the service?");
  type(`${down}\r`);
  await shows("Which package manager?");
  type("\r");
  expect(await ended).toBe(0);
  const record = await readFile(join(folder, "shop/.dext/generated/app-shop.json"), "utf8");
  expect(JSON.parse(record)).toMatchObject({
    answers: { name: "shop", runtime: "deno", kind: "worker", packageManager: "npm" },
  });
});

test.each([
  ["the name", ["new", "app"], "What is the system called?"],
  ["a later question", ["new", "app", "shop"], "What runs the service?"],
])("Ctrl-C at %s writes nothing and exits with 130", async (_, args, question) => {
  const folder = await emptyFolder();
  const { shows, type, ended } = startOnTerminal(args, folder);
  await shows(question);
  type("\u0003");
  expect(await ended).toBe(130);
  expect(await readdir(folder)).toEqual([]);
});

test("--yes asks nothing on a terminal either", async () => {
  const folder = await emptyFolder();
  const { ended } = startOnTerminal(["new", "app", "--yes"], folder);
  expect(await ended).toBe(2);
  expect(await readdir(folder)).toEqual([]);
});

test("Ctrl-C at the question about a file in the way writes nothing and exits with 130, too", async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, "shop"));
  await writeFile(join(folder, "shop/package.json"), "mine");
  const answers = ["--runtime", "node", "--kind", "plain", "--package-manager", "npm", "--no-vendored"];
  const { shows, type, ended } = startOnTerminal(["new", "app", "shop", ...answers], folder);
  await shows("package.json is there already");
  type("\u0003");
  expect(await ended).toBe(130);
  expect(await readdir(join(folder, "shop"))).toEqual(["package.json"]);
});

test("nothing is asked where nobody would see the question, as it goes to a file", async () => {
  const folder = await emptyFolder();
  const { ended } = startOnTerminal(["new", "app"], folder, { errors: "errors.txt" });
  expect(await ended).toBe(2);
  expect(await readFile(join(folder, "errors.txt"), "utf8")).toContain("--name <value>");
});

test("a number has to be given: an empty line is not 0", async () => {
  const folder = await emptyFolder();
  const generator = `export default { name: "count", description: "Counts", prompts: [{ name: "count", type: "number", message: "How many?" }],
    actions: ({ answers }) => [{ type: "add", path: "count.txt", text: String(answers.count) }] };`;
  await writeFile(join(folder, "dext.generators.mjs"), generator);
  const { shows, type, ended } = startOnTerminal(["new", "count"], folder);
  await shows("How many?");
  type("\r");
  await shows("wanted a number");
  type("12\r");
  expect(await ended).toBe(0);
  expect(await readFile(join(folder, "count.txt"), "utf8")).toBe("12");
});

test("dext new apphost lets choose among what it has found, all of which is proposed", async () => {
  const folder = await emptyFolder();
  const compose =
    "services:\n  api: { image: acme/api }\n  cache: { image: redis }\n  mail: { image: acme/mail }\n";
  await writeFile(join(folder, "compose.yaml"), compose);
  const args = ["new", "apphost", "--no-install", "--no-vendored"];
  const { shows, type, ended } = startOnTerminal(args, folder);
  await shows("Which of these does the AppHost run?");
  await shows(/api.*container of acme\/api/);
  type(`${down} \r`);
  expect(await ended).toBe(0);
  const code = await readFile(join(folder, "apphost.ts"), "utf8");
  expect(code.match(/add\w+/g)).toEqual(["addContainer", "addContainer"]);
  expect(code).not.toContain("cache");
});
