import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  inspectRuns,
  isRunAlive,
  listRuns,
  registerRun,
  runPaths,
  serveControl,
} from "@dext/hosting/control";
import { readIdentity } from "../../../../hosting/src/processes/process-identity.ts";
import { createInMemoryRun, infoOf } from "../../../fixtures/control/in-memory-run.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-rr-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const register = (run: string, directory = folder) =>
  registerRun({ directory: folder, run: infoOf(run, directory) });

describe("registerRun", () => {
  test("writes a record that only this user can read, with the identity of this process", async () => {
    const { record } = await register("abcd1234");
    const { record: path } = runPaths(folder, "abcd1234");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(record);
    expect(record).toMatchObject({ version: 1, pid: process.pid, socket: join(folder, "abcd1234.sock") });
    expect(isRunAlive(record)).toBe(true);
    expect(await readdir(folder)).toEqual(["abcd1234.json"]);
  });

  test("resolves links in the AppHost's folder, so that it can be compared", async () => {
    await symlink(folder, join(folder, "link"));
    const { record } = await register("abcd1234", join(folder, "link"));
    expect(record.directory).toBe(folder);
  });

  test("takes the record away again, and minds not when it is gone", async () => {
    const registered = await register("abcd1234");
    await registered.remove();
    await registered.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  test("refuses the id of a run in another live process and takes that of a dead one", async () => {
    const { record } = await register("abcd1234");
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    try {
      await once(other, "spawn");
      const startTime = readIdentity(Number(other.pid))?.startTime;
      const path = runPaths(folder, "abcd1234").record;
      await writeFile(path, JSON.stringify({ ...record, pid: other.pid, startTime }));
      await expect(register("abcd1234")).rejects.toMatchObject({ code: "DEXT_CONTROL_RUN_EXISTS" });
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
    await expect(register("abcd1234")).resolves.toMatchObject({ record: { pid: process.pid } });
  });
});

describe("listRuns", () => {
  test("gives the live runs, oldest first", async () => {
    const { record: second } = await register("bbbb0000");
    const { record: first } = await register("aaaa0000");
    const path = runPaths(folder, "aaaa0000").record;
    await writeFile(path, JSON.stringify({ ...first, startedAt: 1 }));
    expect((await listRuns(folder)).map(({ run }) => run)).toEqual(["aaaa0000", "bbbb0000"]);
    expect(second.run).toBe("bbbb0000");
  });

  test("removes the record and the socket of a process that was killed, and of a pid that belongs to another now", async () => {
    const socket = await leaveDeadSocket("dead0000");
    const { record } = await register("dead0000");
    await writeFile(runPaths(folder, "dead0000").record, JSON.stringify({ ...record, startTime: "1" }));
    expect((await inspectRuns(folder)).stale).toHaveLength(2);
    expect(await listRuns(folder)).toEqual([]);
    await expect(stat(socket)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("leaves the socket of a run that has no record yet", async () => {
    const run = createInMemoryRun({ info: infoOf("soon0000", folder) });
    const server = await serveControl({ socketPath: runPaths(folder, "soon0000").socket, run });
    expect(await listRuns(folder)).toEqual([]);
    expect(await readdir(folder)).toEqual(["soon0000.sock"]);
    await server.close();
  });

  test("removes broken records and old drafts, keeps new drafts and what is not ours", async () => {
    await writeFile(join(folder, "broken00.json"), '{"version":1,"run":');
    await writeFile(join(folder, "aaaa0000.json.1.tmp"), "");
    await writeFile(join(folder, "bbbb0000.json.1.tmp"), "");
    await writeFile(join(folder, "notes.txt"), "");
    await utimes(join(folder, "aaaa0000.json.1.tmp"), 1, 1);
    expect(await listRuns(folder)).toEqual([]);
    expect((await readdir(folder)).toSorted()).toEqual(["bbbb0000.json.1.tmp", "notes.txt"]);
  });

  test("leaves a live run that another version of Dext has registered, and does not list it", async () => {
    const { record } = await register("newer000");
    const path = runPaths(folder, "newer000").record;
    await writeFile(path, JSON.stringify({ ...record, version: 2 }));
    expect(await inspectRuns(folder)).toEqual({ runs: [], stale: [] });
    await writeFile(path, JSON.stringify({ ...record, version: 2, startTime: "1" }));
    expect((await inspectRuns(folder)).stale).toEqual([path]);
  });
});

/** A socket file whose process was killed before it could remove it. */
async function leaveDeadSocket(run: string): Promise<string> {
  const { socket } = runPaths(folder, run);
  const listen = 'require("node:net").createServer().listen(process.argv[1], () => console.log("up"))';
  const child = spawn(process.execPath, ["-e", listen, socket], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  return socket;
}
