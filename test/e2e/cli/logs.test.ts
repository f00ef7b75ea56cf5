import { mkdir, readdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import type { DextProcess } from "../../fixtures/cli/dext-process.ts";
import { appHost } from "../../fixtures/cli/services.ts";

/** Prints lines of a logger and others; with KEEP it stays, and says more when it is asked to stop. */
const talker = `
  console.log("plain one");
  console.log(JSON.stringify({ level: 30, time: 1767225600000, pid: 7, hostname: "box", msg: "listening", port: 80 }));
  console.log(JSON.stringify({ level: "error", message: "no answer", host: "a b" }));
  process.stdout.write("no end");
  if (process.env.KEEP) {
    setInterval(() => {}, 1000);
    process.on("SIGTERM", () => { console.log("\\nbye"); process.exit(0); });
  }
`;

let folder: AppFolder;
beforeAll(async () => {
  folder = await createAppFolder({
    "talker.js": talker,
    "other.js": 'console.error("from another"); if (process.env.KEEP) setInterval(() => {}, 1000);',
    "services/deep/notes.txt": "",
    "apphost.ts": appHost(
      'host.addNodeApp("talker", "./talker.js", { http: false });',
      'host.addNodeApp("other", "./other.js", { http: false });',
    ),
  });
});
afterAll(async () => {
  await endLeftDexts();
  await folder.remove();
});

const outputOf = async (...args: string[]): Promise<string> => {
  const outcome = await dext(["logs", ...args], { folder });
  expect(outcome).toMatchObject({ code: 0 });
  return outcome.stdout;
};

/** The same questions, whether the run goes on or not. */
function describeQueries(): void {
  test("shows lines of JSON of loggers by level, message and attributes, or with --raw as they came", async () => {
    expect(await outputOf("talker")).toContain("talker | INFO  listening  port=80\n");
    expect(await outputOf("talker")).toContain('talker | ERROR no answer  host="a b"\n');
    const raw = await outputOf("talker", "--raw");
    expect(raw).toContain(
      'talker | {"level":30,"time":1767225600000,"pid":7,"hostname":"box","msg":"listening","port":80}\n',
    );
  });

  test("shows the lines of the resources that are named", async () => {
    expect(await outputOf("other")).toMatch(/^other +\| from another\n/);
    const unknown = await dext(["logs", "nobody"], { folder });
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain("error DEXT_CLI_RESOURCE_UNKNOWN");
  });

  test("finds lines by text, level and time, and the newest", async () => {
    expect(await outputOf("--search", "PLAIN", "--ignore-case")).toBe("talker | plain one\n");
    expect(await outputOf("--search", "PLAIN")).toBe("");
    expect(await outputOf("--level", "warn")).toBe('talker | ERROR no answer  host="a b"\n');
    expect(await outputOf("--since", "1h", "--search", "plain")).toBe("talker | plain one\n");
    expect(await outputOf("--since", "2999-01-01")).toBe("");
    expect((await outputOf("--tail", "2")).split("\n")).toHaveLength(3);
    expect(await outputOf("--tail", "0")).toBe("");
  });

  test("prints documents with --json, the text as it came", async () => {
    const [first, ...others] = (await outputOf("talker", "--search", "n", "--json")).trimEnd().split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({
      version: 1,
      resource: "talker",
      replica: 0,
      stream: "stdout",
      text: "plain one",
      seq: expect.any(Number),
      time: expect.any(Number),
    });
    expect(JSON.parse(others[0] ?? "").text).toMatch(/^\{"level":30/);
  });
}

describe("dext logs of a run that goes on", () => {
  let run: DextProcess;
  let id: string;
  beforeAll(async () => {
    run = startDext(["run"], { folder, env: { KEEP: "1" } });
    await run.says("Everything is up after");
    await run.says("from another");
    id = JSON.parse((await dext(["ps", "--json"], { folder })).stdout).run;
  });

  describeQueries();

  test("follows it to its end, and finds its lines afterwards, by its id too", async () => {
    const follow = startDext(["logs", "talker", "--follow", "--tail", "1"], { folder });
    await follow.says("no answer");
    run.signal("SIGINT");
    expect(await run.ended).toMatchObject({ code: 0 });
    const { code, stdout } = await follow.ended;
    expect(code).toBe(0);
    expect(stdout).toContain("talker | no end\ntalker | bye\n");
    expect(stdout).not.toContain("plain one");
    const late = await dext(["logs", "--run", id], { folder, cwd: "services/deep" });
    expect(late).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("talker | bye\n") });
  });
});

describe("dext logs of a run that has ended", () => {
  beforeAll(async () => {
    const { code, stderr } = await dext(["run"], { folder });
    if (code !== 0) throw new Error(stderr);
  });

  describeQueries();

  test("says which run it is, finds it from a folder below, and does not wait with --follow", async () => {
    const { code, stdout, stderr } = await dext(["logs", "--follow"], { folder, cwd: "services/deep" });
    expect(code).toBe(0);
    expect(stdout).toContain("talker | no end\n");
    expect(stdout).not.toContain("bye");
    expect(stderr).toMatch(/^Nothing runs here, these are the lines of the last run: [a-z0-9]{8}\n$/);
  });

  test("refuses an id of which nothing is kept", async () => {
    const outcome = await dext(["logs", "--run", "nosuch00"], { folder });
    expect(outcome).toMatchObject({ code: 3, stdout: "" });
    expect(outcome.stderr).toContain("error DEXT_CLI_RUN_NOT_FOUND");
    expect(await dext(["logs"], { folder, cwd: ".." })).toMatchObject({ code: 3 });
  });

  test("finds nothing of runs before the last ten", async () => {
    const logs = join(folder.path, ".dext/logs");
    for (let number = 0; number < 12; number += 1) {
      const path = join(logs, `older${number}`);
      await mkdir(path);
      await utimes(path, number + 1, number + 1);
    }
    const before = (await readdir(logs)).filter((name) => !name.startsWith("older"));
    expect(await dext(["run"], { folder })).toMatchObject({ code: 0 });
    const left = await readdir(logs);
    expect(left).toEqual(expect.arrayContaining([...before, "older11"]));
    // Ten that had ended before, and the new one.
    expect(left).toHaveLength(11);
    expect(left).not.toContain("older0");
  });
});

describe("what a run keeps", () => {
  let shop: AppFolder;
  afterEach(async () => {
    await endLeftDexts();
    await shop.remove();
  });

  test("hides secrets wherever they are shown or kept, also those that come in pieces", async () => {
    shop = await createAppFolder({
      "teller.js": `
        const password = process.env.PASSWORD;
        console.log("whole", password);
        console.error(JSON.stringify({ level: "info", message: "uri", uri: "redis://:" + encodeURIComponent(password) + "@host" }));
        process.stdout.write("in pieces " + password.slice(0, 5));
        setTimeout(() => process.stdout.write(password.slice(5) + "\\n"), 300);
      `,
      "apphost.ts": appHost(
        'const password = host.addParameter("password", { secret: true });',
        'host.addNodeApp("teller", "./teller.js", { http: false }).withEnvironment("PASSWORD", password);',
      ),
    });
    const env = { Parameters__password: "s3cret/über" };
    const { stdout, stderr, code } = await dext(["run"], { folder: shop, env });
    expect(code).toBe(0);
    const kept = await dext(["logs", "--raw"], { folder: shop });
    const logs = join(shop.path, ".dext/logs");
    const [run = ""] = await readdir(logs);
    const files = await Promise.all(
      (await readdir(join(logs, run))).map((name) => readFile(join(logs, run, name), "utf8")),
    );
    for (const text of [stdout, kept.stdout, files.join("")]) {
      expect(text).toContain("whole ***");
      expect(text).toContain("redis://:***@host");
      expect(text).toContain("in pieces ***");
    }
    for (const text of [stdout, stderr, kept.stdout, files.join("")]) expect(text).not.toMatch(/s3cre|über/);
  });

  test("goes on when a child closes its streams and lives on", async () => {
    shop = await createAppFolder({
      "apphost.ts": appHost(
        'host.addExecutable("quiet", "sh", { args: ["-c", "echo one; exec >&- 2>&-; exec sleep 600"] });',
      ),
    });
    const run = startDext(["run"], { folder: shop });
    await run.says("quiet | one");
    await run.says("Everything is up after");
    const { resources } = JSON.parse((await dext(["ps", "--json"], { folder: shop })).stdout);
    expect(resources).toMatchObject([{ name: "quiet", state: "Running", health: "Healthy" }]);
    run.signal("SIGINT");
    expect(await run.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/nothing failed\n$/) });
  });
});
