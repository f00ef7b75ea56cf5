import { join } from "node:path";
import process from "node:process";
import { afterEach, expect, test, vi } from "vitest";
import { createAppFolder, repository } from "../../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../../fixtures/cli/app-folder.ts";
import { dext, startDext } from "../../../fixtures/cli/dext-process.ts";
import { appHost, server } from "../../../fixtures/cli/services.ts";
import { openTerminal } from "../../../fixtures/tui/terminal.ts";
import type { Terminal } from "../../../fixtures/tui/terminal.ts";

// Each loads a run and the interface anew, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const printer = `
import { createServer } from "node:http";
for (let count = 1; count <= 20_000; count += 1) console.log("line", count);
createServer((request, response) => response.end("hello")).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const files = {
  "api.js": server,
  "printer.js": printer,
  "apphost.ts": appHost(
    'host.addNodeApp("api", "./api.js");',
    'host.addNodeApp("printer", "./printer.js").withCommand("greet", async () => {}, { description: "Say hello" });',
  ),
};

let folder: AppFolder | undefined;
let terminal: Terminal | undefined;
afterEach(async () => {
  await terminal?.dispose();
  if (folder !== undefined) await dext(["stop"], { folder });
  await folder?.remove();
  folder = undefined;
  terminal = undefined;
});

function attach(at: AppFolder): Terminal {
  return openTerminal([process.execPath, join(repository, "cli/bin/dext.js"), "attach"], {
    columns: 120,
    rows: 30,
    cwd: at.path,
    env: { DEXT_RUNTIME_DIRECTORY: at.runtimeDirectory },
  });
}

test("dext attach shows a run on a terminal, commands its resources and leaves it going", async () => {
  folder = await createAppFolder(files);
  const run = startDext(["run"], { folder });
  await run.says(/Everything is up/);
  terminal = attach(folder);
  await terminal.waitFor(/2 of 2 up[^]*line 20000/);
  // Back to what only the files hold.
  terminal.write("\u001b[H");
  await terminal.waitFor(/│ line 1\n/);
  terminal.write("/line 12345\r");
  await terminal.waitFor(/│ line 12345\n/);
  terminal.write("k");
  await terminal.waitFor(/│ api .*following[^]*listening on/);
  terminal.write("r");
  await terminal.waitFor(/api: restart done/);
  await terminal.waitFor(/listening on[^]*bye[^]*listening on/);
  terminal.write("jc");
  await terminal.waitFor(/greet {2}Say hello/);
  terminal.write("\r");
  await terminal.waitFor(/printer: greet done/);
  terminal.write("qy");
  await terminal.waitFor(/goes on; see it again with: dext attach --run/);
  expect((await terminal.exited).exitCode).toBe(0);
  expect(terminal.isAlternate()).toBe(false);
  expect((await dext(["ps", "--json"], { folder })).stdout).toContain('"Healthy"');
});

test("dext attach ends with the run and says what ran and where its logs are", async () => {
  folder = await createAppFolder(files);
  const run = startDext(["run"], { folder });
  await run.says(/Everything is up/);
  terminal = attach(folder);
  await terminal.waitFor(/2 of 2 up/);
  terminal.write("q");
  await terminal.waitFor(/Leave\?/);
  terminal.write("s");
  const screen = await terminal.waitFor(/logs {4}/);
  expect(screen).toMatch(/shop stopped after/);
  expect(screen).toMatch(/ran {5}api, printer/);
  expect(screen.replaceAll("\n", "")).toContain(join(folder.path, ".dext", "logs"));
  expect((await terminal.exited).exitCode).toBe(0);
});

test("dext attach without a terminal prints lines until the run ends", async () => {
  folder = await createAppFolder(files);
  const run = startDext(["run"], { folder });
  await run.says(/Everything is up/);
  const attached = startDext(["attach"], { folder });
  await attached.says(/api {5}\| listening on/);
  expect(await dext(["stop"], { folder })).toMatchObject({ code: 0 });
  const { code, stdout } = await attached.ended;
  expect(code).toBe(0);
  expect(stdout).toContain("line 20000");
  expect(stdout).toMatch(/Stopped after/);
});

test("dext attach says that nothing runs", async () => {
  folder = await createAppFolder(files);
  expect(await dext(["attach"], { folder })).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("DEXT_CLI_RUN_NOT_FOUND") as string,
  });
});
