import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { appHost, failingServer, server } from "../../fixtures/cli/services.ts";

let folder: AppFolder;
let child: ChildProcess | undefined;
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await once(child, "close");
  }
  await folder.remove();
});

interface Ended {
  code: number | null;
  printed: string;
  /** What it wrote to stderr. */
  said: string;
}

/** `dext run … > out.txt`, with what a shell would have written there before. */
async function runToFile(
  args: readonly string[] = [],
  { before = "printf 'before\\n'" }: { before?: string } = {},
): Promise<{
  printed: () => Promise<string>;
  says: (text: string | RegExp) => Promise<void>;
  ended: Promise<Ended>;
}> {
  const path = join(folder.path, "out.txt");
  const output = openSync(path, "w");
  // As `{ echo before; dext run; } > out.txt` leaves it: nothing is appended, the place is shared.
  const { NO_COLOR: _no, FORCE_COLOR: _force, DEXT_RUNTIME: _runtime, ...environment } = process.env;
  const started = spawn(
    "sh",
    [
      "-c",
      `${before}; exec "$0" "$@"`,
      process.execPath,
      join(repository, "cli/bin/dext.js"),
      "run",
      ...args,
    ],
    {
      cwd: folder.path,
      env: { ...environment, DEXT_RUNTIME_DIRECTORY: folder.runtimeDirectory },
      stdio: ["ignore", output, "pipe"],
    },
  );
  closeSync(output);
  child = started;
  let said = "";
  started.stderr!.on("data", (chunk) => (said += String(chunk)));
  const printed = (): Promise<string> => readFile(path, "utf8");
  return {
    printed,
    says: (text) => vi.waitFor(async () => expect(await printed()).toMatch(text), { timeout: 15_000 }),
    ended: once(started, "close").then(async ([code]) => ({
      code: code as number | null,
      printed: await printed(),
      said,
    })),
  };
}

describe("dext run with its stdout in a file", () => {
  test.each(["node", "deno"])("prints the same as elsewhere (%s)", async (runtime) => {
    folder = await createAppFolder({
      "api.js": server,
      "bad.js": failingServer,
      "apphost.ts": `console.log("begun");\n${appHost(
        'host.addNodeApp("api", "./api.js").withReplicas(2);',
        'host.addNodeApp("bad", "./bad.js", { http: false });',
        'setTimeout(() => console.log("\\u001b[2Jlater"), 300);',
      )}console.log("over");\n`,
    });
    const run = await runToFile(["--runtime", runtime]);
    await run.says(/resources are up after .*not: bad \(.*7.*\)/);
    await run.says("apphost | later\n");
    child!.kill("SIGINT");
    const { code, printed } = await run.ended;
    const lines = printed.split("\n");
    expect(code).toBe(4);
    expect(lines[0]).toBe("before");
    expect(lines).toContain("apphost | begun");
    expect(lines).toContainEqual(expect.stringMatching(/^\S+, run [a-z0-9]{8}$/));
    expect(lines).toContainEqual(expect.stringMatching(/^api\.1 {3}Running {2}http:\/\/localhost:\d+$/));
    expect(lines).toContainEqual(expect.stringMatching(/^api\.0 \| listening on \d+$/));
    expect(lines).toContain("bad   | cannot go on");
    expect(lines.indexOf("api.0 | bye")).toBeGreaterThan(lines.indexOf("api.0   Stopping"));
    expect(lines).toContain("apphost | over");
    expect(lines.at(-2)).toMatch(/^Stopped after .*, failed: bad \(.*7.*\)$/);
    expect(lines.at(-1)).toBe("");
    // eslint-disable-next-line no-control-regex
    expect(printed).not.toMatch(/[\u0000\u001b]/);
  });

  test("loses and tears no line of a flood, nor of what the AppHost says in between", async () => {
    const lines = 20_000;
    folder = await createAppFolder({
      "flood.js": `
        import { writeSync } from "node:fs";
        for (let i = 1; i <= ${lines}; i += 1) writeSync(1, process.argv[2] + " " + i + " ${"x".repeat(100)}\\n");
      `,
      "apphost.ts": appHost(
        'for (const name of ["one", "two"]) host.addNodeApp(name, "./flood.js", { http: false }).withArgs(name);',
        'const timer = setInterval(() => console.log("tick"), 1);',
      ).replace("await host.run();", "await host.run();\nclearInterval(timer);"),
    });
    const run = await runToFile();
    const { code, printed } = await run.ended;
    expect(code).toBe(0);
    const seen = { one: 0, two: 0 };
    const odd: string[] = [];
    let ticks = 0;
    for (const line of printed.split("\n")) {
      const match = /^(?<name>one|two) \| (?:one|two) (?<number>\d+) x{100}$/.exec(line)?.groups;
      if (match !== undefined) {
        const name = match["name"] as "one" | "two";
        if (Number(match["number"]) === seen[name] + 1) seen[name] += 1;
        else odd.push(line);
      } else if (line === "apphost | tick") ticks += 1;
      else if (/x{5}|tick/.test(line)) odd.push(line);
    }
    expect(odd).toEqual([]);
    expect(seen).toEqual({ one: lines, two: lines });
    expect(ticks).toBeGreaterThan(10);
  });

  test("lets services go on when the file takes no more, says so, and ends as ever", async () => {
    folder = await createAppFolder({
      "flood.js": `
        import { writeFileSync, writeSync } from "node:fs";
        for (let i = 1; i <= 20_000; i += 1) writeSync(1, "line " + i + " ${"x".repeat(100)}\\n");
        writeFileSync("over.txt", "over");
      `,
      "apphost.ts": appHost('host.addNodeApp("flood", "./flood.js", { http: false });'),
    });
    // Blocks of 512 bytes, for every file: the logs are full too.
    const run = await runToFile([], { before: "ulimit -f 100" });
    const { code, printed, said } = await run.ended;
    expect(code).toBe(0);
    expect(await readFile(join(folder.path, "over.txt"), "utf8")).toBe("over");
    expect(Buffer.byteLength(printed)).toBe(51_200);
    expect(printed).toMatch(/^flood \| line 100 x{100}$/m);
    expect(said).toMatch(/output.* cannot be written/);
    expect(said).not.toContain("DEXT_INTERNAL");
  });
});
