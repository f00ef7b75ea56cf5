import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGuardian } from "../../../../hosting/src/processes/guardian.ts";
import type { Guardian } from "../../../../hosting/src/processes/guardian.ts";
import type { NamedProcess } from "../../../../hosting/src/processes/process-entry.ts";
import { isAlive, readEntry } from "../../../../hosting/src/processes/process-identity.ts";
import { startProcess } from "../../../../hosting/src/processes/supervised-process.ts";
import type {
  StartProcessOptions,
  SupervisedProcess,
} from "../../../../hosting/src/processes/supervised-process.ts";
import { cleanEnvironment } from "../../../fixtures/processes/environment.ts";
import { findByToken, fixture, processKinds } from "../../../fixtures/processes/kinds.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const node = process.execPath;

let token: string;
let folder: string;
let guardian: Guardian;

beforeEach(async () => {
  token = randomUUID();
  folder = mkdtempSync(join(tmpdir(), "dext-processes-"));
  guardian = await startGuardian({ runId: token.slice(0, 8) });
});

afterEach(async () => {
  await guardian.close();
  for (const pid of findByToken(token)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function start(options: Partial<StartProcessOptions>): Promise<SupervisedProcess> {
  const { command = node } = options;
  return startProcess({
    cwd: folder,
    env: cleanEnvironment(),
    guardian,
    resource: "api",
    ...options,
    command,
  });
}

async function startKind(name: string): Promise<SupervisedProcess> {
  const kind = processKinds({ token, node, folder }).find((one) => one.name === name)!;
  const child = await start({ command: kind.command, args: kind.args });
  // Shells that only start it come and go; the program itself has to be far enough to have its signal handlers.
  await waitUntil(
    () => {
      const found = findByToken(token);
      const isThere = found.length === kind.count && (name === "redis" || found.some((pid) => isNode(pid)));
      return isThere && found.every((pid) => isSettled(pid));
    },
    { what: () => `${kind.count} settled programs, found ${findByToken(token).length}` },
  );
  return child;
}

async function untilCount(count: number): Promise<void> {
  await waitUntil(() => findByToken(token).length === count, {
    what: () => `${count} processes, found ${findByToken(token).length}`,
  });
}

/** A Node program that has reached its event loop catches signals or listens. */
function isSettled(pid: number): boolean {
  return !isNode(pid) || ofProcess(pid, "wchan").includes("epoll");
}

function isNode(pid: number): boolean {
  return ofProcess(pid, "cmdline").startsWith(node);
}

/** Nothing of a process that has ended since it was found. */
function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function sourceOf(name: string): string {
  return new URL(`../../../../hosting/src/processes/${name}`, import.meta.url).href;
}

const kinds = processKinds({ token: "", node, folder: "" }).map(({ name }) => name);

describe("A process", () => {
  it("leads a session of its own and carries the marks of run and resource", async () => {
    const child = await start({ command: "sleep", args: ["100"], resource: "api", replica: 2 });
    expect(readEntry(child.pid)).toMatchObject({ group: child.pid, session: child.pid });
    const environment = readFileSync(`/proc/${child.pid}/environ`, "utf8").split("\0");
    expect(environment).toContain(`DEXT_RUN=${guardian.runId}`);
    expect(environment).toContain("DEXT_RESOURCE=api#2");
    await child.kill();
  });

  it("is given the environment asked for and nothing of ours", async () => {
    const child = await start({ command: "/bin/sleep", args: ["100"], env: { ONLY: "this" } });
    const environment = readFileSync(`/proc/${child.pid}/environ`, "utf8").split("\0");
    expect(environment.filter((line) => line !== "" && !line.startsWith("DEXT_"))).toEqual(["ONLY=this"]);
    await child.kill();
  });

  it("tells the code with which it ended", async () => {
    const child = await start({ command: "sh", args: ["-c", "exit 7"] });
    expect(await child.exited).toEqual({ exitCode: 7 });
  });

  it("tells the signal that ended it", async () => {
    const child = await start({ command: "sh", args: ["-c", "kill -KILL $$"] });
    expect(await child.exited).toEqual({ signal: "SIGKILL" });
  });

  it("writes to descriptors and to pipes", async () => {
    const file = openSync(join(folder, "out"), "w");
    const child = await start({
      command: "sh",
      args: ["-c", "echo to-file; echo to-pipe >&2"],
      stdout: file,
      stderr: "pipe",
    });
    closeSync(file);
    expect(child.stdout).toBeUndefined();
    let text = "";
    for await (const chunk of child.stderr!) text += String(chunk);
    expect(text).toBe("to-pipe\n");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("to-file\n");
  });

  it("has ended although a grandchild holds its output", async () => {
    const args = ["-c", `"${node}" "${fixture("server.mjs")}" ${token} & exit 3`];
    const child = await start({ command: "sh", args, stdout: "pipe" });
    expect(await child.exited).toEqual({ exitCode: 3 });
    await child.stop({ timeout: 2000 });
    expect(findByToken(token)).toEqual([]);
  });

  it("whose interpreter is missing is refused with the interpreter's name", async () => {
    writeFileSync(join(folder, "tool"), "#!/nowhere/interpreter\n");
    chmodSync(join(folder, "tool"), 0o755);
    await expect(start({ command: "./tool" })).rejects.toMatchObject({
      code: "DEXT_PROCESS_NOT_EXECUTABLE",
      message: expect.stringContaining('"/nowhere/interpreter"'),
    });
  });

  it("whose arguments are too long together is refused", async () => {
    const args = Array.from({ length: 30 }, () => "x".repeat(130_000));
    await expect(start({ command: "true", args })).rejects.toMatchObject({
      code: "DEXT_PROCESS_START_FAILED",
    });
  });
});

describe.each(kinds)("A child of the kind %s", (name) => {
  it("is gone, whatever came from it, when stop resolves", async () => {
    const child = await startKind(name);
    const { left, isForced } = await child.stop({ timeout: name === "stubborn" ? 200 : 5000 });
    expect(findByToken(token)).toEqual([]);
    expect(left).toEqual([]);
    expect(isForced).toBe(name === "stubborn");
  });

  it("is gone, whatever came from it, when kill resolves", async () => {
    const child = await startKind(name);
    expect((await child.kill()).left).toEqual([]);
    expect(findByToken(token)).toEqual([]);
  });
});

describe("A stop", () => {
  it("finds also what is just being forked", async () => {
    const { command, args } = processKinds({ token, node, folder }).find(({ name }) => name === "daemon")!;
    for (let round = 0; round < 40; round += 1) {
      const child = await start({ command, args });
      await new Promise((resolve) => setTimeout(resolve, round % 8));
      expect((await child.stop({ timeout: 5000 })).left).toEqual([]);
      expect(findByToken(token), `round ${round}`).toEqual([]);
    }
  });

  it("waits for a process that takes its time and tells its own exit code", async () => {
    const child = await start({ args: [fixture("slow.mjs"), token, "300"] });
    await waitUntil(() => isSettled(child.pid), { what: () => "a settled program" });
    const begin = performance.now();
    expect(await child.stop({ timeout: 5000 })).toEqual({ exitCode: 7, isForced: false, left: [] });
    expect(performance.now() - begin).toBeGreaterThan(290);
  });

  it("sends the signal that was asked for", async () => {
    const child = await start({ command: "sleep", args: ["100"] });
    expect(await child.stop({ timeout: 5000, signal: "SIGINT" })).toMatchObject({ signal: "SIGINT" });
  });

  it("says whom it waits for", async () => {
    const child = await startKind("stubborn");
    const reports: { left: readonly NamedProcess[]; seconds: number }[] = [];
    await child.stop({ timeout: 1500, onWaiting: (left, { seconds }) => reports.push({ left, seconds }) });
    expect(reports).toEqual([
      { left: [expect.objectContaining({ pid: child.pid, name: "node stubborn.mjs" })], seconds: 1 },
    ]);
  });

  it("is cut short by kill, and both tell the same", async () => {
    const child = await startKind("stubborn");
    const begin = performance.now();
    const stopped = child.stop({ timeout: 60_000 });
    const killed = child.kill();
    expect(await stopped).toEqual({ signal: "SIGKILL", isForced: true, left: [] });
    expect(await killed).toBe(await stopped);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it("of a process that is stopped already ends nothing and tells how it ended", async () => {
    const child = await start({ command: "sh", args: ["-c", "exit 4"] });
    await child.exited;
    expect(await child.stop({ timeout: 1000 })).toEqual({ exitCode: 4, isForced: false, left: [] });
    expect(await child.stop({ timeout: 1000 })).toEqual({ exitCode: 4, isForced: false, left: [] });
  });

  it("ends a process that is suspended", async () => {
    const child = await start({ command: "sleep", args: ["100"] });
    process.kill(child.pid, "SIGSTOP");
    expect((await child.stop({ timeout: 100 })).left).toEqual([]);
    expect(isAlive(child.identity)).toBe(false);
  });

  it("reaches a process that left session, parent and marks after it was seen", async () => {
    // The inner shell goes at once; what it started is nobody's child and was seen only while it lived.
    const inner = `env -i setsid "${node}" "${fixture("server.mjs")}" ${token} & sleep 0.3`;
    const child = await start({ command: "sh", args: ["-c", `sh -c '${inner}'; sleep 100`] });
    const strays = () => findByToken(token).filter((pid) => readEntry(pid)?.parent === 1);
    await waitUntil(() => strays().length === 1, { what: () => "an orphan" });
    await child.stop({ timeout: 5000 });
    expect(findByToken(token)).toEqual([]);
  });

  it("leaves the other replica of the resource alone", async () => {
    const [first, second] = await Promise.all(
      [0, 1].map((replica) => start({ args: [fixture("server.mjs"), token], replica })),
    );
    await untilCount(2);
    await first!.stop({ timeout: 5000 });
    expect(isAlive(second!.identity)).toBe(true);
    await second!.stop({ timeout: 5000 });
  });

  it("of an earlier start leaves what was started again for the resource", async () => {
    const earlier = await startKind("daemon");
    const later = await start({ command: "sleep", args: ["100"] });
    await earlier.stop({ timeout: 5000 });
    expect(findByToken(token)).toEqual([]);
    expect(isAlive(later.identity)).toBe(true);
    await later.stop({ timeout: 5000 });
  });
});

it("A process whose supervisor has no descriptor left does not pass for ended", async () => {
  const source = `
    import { closeSync, openSync } from "node:fs";
    import { startGuardian } from ${JSON.stringify(sourceOf("guardian.ts"))};
    import { startProcess } from ${JSON.stringify(sourceOf("supervised-process.ts"))};
    const guardian = await startGuardian({ runId: "${token.slice(0, 8)}" });
    const child = await startProcess({
      command: process.execPath, args: ["${fixture("stubborn.mjs")}", "${token}"],
      cwd: "/", env: { PATH: process.env.PATH }, resource: "api", guardian,
    });
    const files = [];
    try { for (;;) files.push(openSync("/dev/null")); } catch {}
    const stopping = child.stop({ timeout: 300 });
    const first = await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, 1000, "waiting"))]);
    for (const file of files) closeSync(file);
    console.log(JSON.stringify([first, await stopping]));
    await guardian.close();
  `;
  const args = ["--conditions=@dext/source", "--input-type=module", "-e", source];
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -n 60 && exec "$@"',
    "sh",
    node,
    ...args,
  ]);
  expect(JSON.parse(stdout)).toEqual(["waiting", { signal: "SIGKILL", isForced: true, left: [] }]);
  expect(findByToken(token)).toEqual([]);
});

it("Descendants are told with their identities, the process itself is not among them", async () => {
  const child = await startKind("session");
  await waitUntil(() => child.descendants().length === 1, { what: () => "one descendant" });
  const [descendant] = child.descendants();
  expect(findByToken(token)).toContain(descendant!.pid);
  expect(descendant!.pid).not.toBe(child.pid);
  await child.stop({ timeout: 5000 });
  expect(child.descendants()).toEqual([]);
});
