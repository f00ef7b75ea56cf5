import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { afterEach, describe, expect, test } from "vitest";
import { startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";

const nobody = 65_534;

let app: RunningAppHost | undefined;
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});

/** What another user of this machine is told who tries: the code of the error, or "yes". */
function tryAsNobody(program: string, ...args: string[]): string {
  const source = `
    const { connect } = require("node:net");
    const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
    const [path] = process.argv.slice(1);
    const tell = (error) => { console.log(error?.code ?? "yes"); process.exit(); };
    try { ${program} } catch (error) { tell(error); }`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", source, ...args], {
    uid: nobody,
    gid: nobody,
    cwd: "/",
    env: {},
    encoding: "utf8",
  });
  return `${stdout}${stderr}`.trim();
}

describe.skipIf(process.geteuid?.() !== 0)("another user of this machine (needs root to be one)", () => {
  test("cannot speak to a run, find it, or read what it keeps", async () => {
    app = await startAppHost(
      `host.addParameter("key", { secret: true, generate: true }); host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    await app.waitUntil("idle", ({ health }) => health === "Healthy");
    const { runtimeDirectory, runId, folder } = app;
    const socket = join(runtimeDirectory, `${runId}.sock`);
    const speak = `connect(path).on("connect", () => tell()).on("error", tell);`;
    expect(tryAsNobody(speak, socket)).toBe("EACCES");
    expect(tryAsNobody("tell(readdirSync(path).code);", runtimeDirectory)).toBe("EACCES");
    expect(tryAsNobody("writeFileSync(path, '{}'); tell();", join(runtimeDirectory, "mine.json"))).toBe(
      "EACCES",
    );
    // Even where the folder is open, the socket and the record are not.
    await chmod(runtimeDirectory, 0o755);
    expect(tryAsNobody(speak, socket)).toBe("EACCES");
    expect(tryAsNobody("readFileSync(path); tell();", join(runtimeDirectory, `${runId}.json`))).toBe(
      "EACCES",
    );
    await chmod(runtimeDirectory, 0o700);
    await chmod(folder, 0o755);
    expect(tryAsNobody("readFileSync(path); tell();", join(folder, ".dext/parameters.json"))).toMatch(
      /EACCES|ENOENT/,
    );
    expect(await app.stop()).toBe(0);
  });
});
