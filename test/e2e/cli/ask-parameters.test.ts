import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { spawn } from "@lydell/node-pty";
import { expect, test, vi } from "vitest";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import { dext } from "../../fixtures/cli/dext-process.ts";
import { appHost, server } from "../../fixtures/cli/services.ts";

// Two AppHosts and three commands one after another, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const files = {
  "api.js": server,
  "apphost.ts": appHost(
    'const token = host.addParameter("token", { secret: true });',
    'const site = host.addParameter("site");',
    'host.addNodeApp("api", "./api.js").withEnvironment("TOKEN", token).withEnvironment("SITE", site);',
  ),
};

test("dext run asks for missing parameters on a terminal, shows no secret, and keeps them", async () => {
  const folder = await createAppFolder(files);
  const environment = { ...process.env, DEXT_RUNTIME_DIRECTORY: folder.runtimeDirectory, TERM: "xterm" };
  const terminal = spawn(process.execPath, [join(repository, "cli/bin/dext.js"), "run"], {
    cwd: folder.path,
    env: Object.fromEntries(Object.entries(environment).filter(([name]) => name !== "CI")),
  });
  let screen = "";
  terminal.onData((text) => (screen += text));
  const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  try {
    await vi.waitFor(() => expect(screen).toContain("token (not shown"), 10_000);
    terminal.write("hunter22\r");
    await vi.waitFor(() => expect(screen).toMatch(/site \(/), 10_000);
    terminal.write("example.org\r");
    const kept = join(folder.path, ".dext/parameters.json");
    await vi.waitFor(() => expect(existsSync(kept)).toBe(true), 10_000);
    expect(JSON.parse(readFileSync(kept, "utf8")).values).toEqual({ token: "hunter22", site: "example.org" });
    const waited = await dext(["wait"], { folder });
    // What is on the terminal tells why, when there is no run.
    expect({ ...waited, screen }).toMatchObject({ code: 0 });
    expect(screen).not.toContain("hunter22");
    expect(await dext(["stop"], { folder })).toMatchObject({ code: 0 });
    expect(await ended).toBe(0);
  } finally {
    terminal.kill("SIGKILL");
    await folder.remove();
  }
});

test("dext run without a terminal names the missing parameters", async () => {
  const folder = await createAppFolder(files);
  const outcome = await dext(["run", "--json"], { folder });
  expect(outcome).toMatchObject({ code: 3, stderr: "" });
  expect(JSON.parse(outcome.stdout)).toMatchObject({
    error: {
      code: "DEXT_RUN_PARAMETER_MISSING",
      details: {
        parameters: [
          { name: "token", secret: true },
          { name: "site", secret: false },
        ],
      },
    },
  });
  await folder.remove();
});
