import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectRun } from "@dext/hosting/control";
import type { RunRecord } from "@dext/hosting/control";
import { createAppFolder, repository } from "../../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../../fixtures/cli/app-folder.ts";
import { appHost, server, stubbornServer } from "../../../fixtures/cli/services.ts";
import { openTerminal } from "../../../fixtures/tui/terminal.ts";
import type { Terminal } from "../../../fixtures/tui/terminal.ts";

const ctrlC = "\u0003";

let folder: AppFolder;
let terminal: Terminal;
let pids: number[] = [];

beforeEach(async () => {
  folder = await createAppFolder({
    "api.js": stubbornServer,
    "web.js": server,
    "apphost.ts": appHost(
      'host.addNodeApp("api", "./api.js").withStopTimeout("60s");',
      'host.addNodeApp("web", "./web.js");',
    ),
  });
});

afterEach(async () => {
  await terminal.dispose();
  await vi.waitUntil(() => !pids.some(isThere), 10_000);
  await folder.remove();
});

/** Starts `dext run` on a terminal and resolves when all is up. */
async function open(args: readonly string[]): Promise<RunRecord> {
  terminal = openTerminal([process.execPath, join(repository, "cli/bin/dext.js"), "run", ...args], {
    columns: 110,
    rows: 24,
    cwd: folder.path,
    env: { DEXT_RUNTIME_DIRECTORY: folder.runtimeDirectory, PATH: `${dirOfNode}:${process.env["PATH"]}` },
  });
  await terminal.waitFor(/Everything is up/, { within: 15_000 });
  const name = (await readdir(folder.runtimeDirectory)).find((each) => each.endsWith(".json")) as string;
  const record = JSON.parse(await readFile(join(folder.runtimeDirectory, name), "utf8")) as RunRecord;
  const { resources } = await connectRun({ socketPath: record.socket }).snapshot();
  pids = [record.pid, ...resources.flatMap(({ pid }) => pid ?? [])];
  return record;
}

const dirOfNode = join(repository, "node_modules/.bin");

describe.each([
  { mode: "in the interface", args: [], waiting: /Stopping: waiting for api \(pid \d+, [1-9] s\)/ },
  { mode: "printed as lines", args: ["--plain"], waiting: /Waiting for api \(pid \d+, [1-9] s\)/ },
])("Ctrl-C at a run $mode", ({ args, waiting }) => {
  test("tells for whom it waits, and kills at the second", async () => {
    await open(args);
    terminal.write(ctrlC);
    await terminal.waitFor(waiting);
    expect(pids.filter(isThere)).toHaveLength(2);
    terminal.write(ctrlC);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(pids.filter(isThere)).toEqual([]);
    expect(terminal.scrollback()).toMatch(/stopped after|Stopped after/);
    expectRestored();
  });

  test("leaves at the third, when the AppHost does not answer, and what ran is ended", async () => {
    const { pid } = await open(args);
    process.kill(pid, "SIGSTOP");
    terminal.write(ctrlC);
    await terminal.waitFor(/Stopping \(Ctrl-C\); again to kill at once/);
    await moment();
    terminal.write(ctrlC);
    await terminal.waitFor(/Killing what is left; once more to leave/);
    await moment();
    terminal.write(ctrlC);
    expect((await terminal.exited).exitCode).toBe(130);
    expectRestored();
    await vi.waitFor(() => expect(pids.filter(isThere)).toEqual([]), 10_000);
    await vi.waitFor(async () => {
      const left = await readdir(folder.runtimeDirectory);
      expect(left.filter((name) => !name.endsWith(".lock"))).toEqual([]);
    }, 5000);
  });
});

/** Two that come as one are taken for one. */
function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 150));
}

function expectRestored(): void {
  expect(terminal.isAlternate()).toBe(false);
  expect(terminal.mouse()).toBe("none");
  expect(terminal.isCursorHidden()).toBe(false);
  expect(terminal.marksPastes()).toBe(false);
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
