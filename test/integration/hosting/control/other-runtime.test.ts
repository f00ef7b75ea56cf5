import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectRun } from "@dext/hosting/control";
import { collect } from "../../../fixtures/control/collect.ts";

const program = fileURLToPath(new URL("../../../fixtures/control/serve-in-memory-run.ts", import.meta.url));
const root = fileURLToPath(new URL("../../../../", import.meta.url));

let folder = "";
let child: ChildProcessByStdio<Writable, Readable, null>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-or-"));
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    killGroup();
    await once(child, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

/** The `deno` that npm installs is a wrapper: the program is a child of it. */
const killGroup = (): boolean => process.kill(-Number(child.pid), "SIGKILL");

describe.each([
  ["Node", [process.execPath, "--conditions=@dext/source"]],
  ["Deno", [join(root, "node_modules/.bin/deno"), "run", "-A", "--conditions=@dext/source"]],
] as const)("a run served by %s", (_, [command, ...args]) => {
  const serve = async (lines: number): Promise<string> => {
    const socketPath = join(folder, "run.sock");
    child = spawn(command, [...args, program, socketPath, String(lines)], {
      cwd: root,
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return socketPath;
  };

  test("answers documents, errors and streams, and ends its streams with itself", async () => {
    const client = connectRun({ socketPath: await serve(20_000) });
    expect(await client.info()).toMatchObject({ run: "served00", state: "Running" });
    await expect(client.describe()).rejects.toMatchObject({ code: "DEXT_MODEL_GHOST" });
    const lines = await collect(client.logs({}));
    expect(lines.length).toBe(20_000);
    expect(lines[12_345]?.text).toBe(`line 12345 ${"é".repeat(50)}`);
    const states: unknown[] = [];
    for await (const { data } of client.events()) {
      states.push(data);
      child.stdin.end();
    }
    expect(states).toEqual([{ state: "Running" }, { state: "Stopped" }]);
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
    await expect(client.info()).rejects.toMatchObject({ code: "DEXT_CONTROL_UNREACHABLE" });
  });

  test("tells by a lost connection that it was killed", async () => {
    const client = connectRun({ socketPath: await serve(0) });
    const reader = client.events()[Symbol.asyncIterator]();
    await reader.next();
    const next = reader.next();
    setImmediate(killGroup);
    await expect(next).rejects.toMatchObject({ code: "DEXT_CONTROL_CONNECTION_LOST" });
  });
});
