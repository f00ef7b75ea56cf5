import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { root } from "../../../../scripts/packages.ts";
import { cleanEnvironment } from "../../../fixtures/apphost-process.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const fixtures = join(root, "test/fixtures/testing/endings");
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", fixtures, "vitest.spec.ts"];

interface Runner {
  name: string;
  command: string;
  args: readonly string[];
  /** It gives up a test that takes too long. */
  hasTimeout: boolean;
  /** Its tests run in a process of their own, which outlives it when it is killed. */
  hasChild: boolean;
}

const runners: readonly Runner[] = [
  {
    name: "node:test",
    command: process.execPath,
    // The timer of a test that was given up would keep its process.
    args: ["--test", "--test-force-exit", "node-test.test.ts"],
    hasTimeout: true,
    hasChild: true,
  },
  {
    name: "vitest in forks",
    command: process.execPath,
    args: [...vitest, "--pool", "forks"],
    hasTimeout: true,
    hasChild: true,
  },
  {
    name: "vitest in threads",
    command: process.execPath,
    args: [...vitest, "--pool", "threads"],
    hasTimeout: true,
    hasChild: false,
  },
  {
    name: "deno test",
    command: join(root, "node_modules/deno/deno"),
    args: ["test", "-A", "--no-check", "deno-test.mts"],
    hasTimeout: false,
    hasChild: false,
  },
];

/** The pids of processes that have this variable in their environment. */
async function processesWith(variable: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(variable) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile.
  }
}

interface Started {
  /** Its own, and that of everything it starts. */
  temporary: string;
  exited: Promise<unknown>;
  killIt: () => void;
  /** The run that its test has started. */
  told: () => Promise<{ runId: string; pid: number }>;
}

/** Runs a test that ends as it is told to, and ends what is left of it. */
async function withRunner(
  { command, args }: Pick<Runner, "command" | "args">,
  ending: string,
  use: (runner: Started) => Promise<void>,
): Promise<void> {
  await access(command);
  const temporary = await mkdtemp(join(tmpdir(), "dext-ending-"));
  const path = join(temporary, "told");
  const child = spawn(command, [...args], {
    cwd: fixtures,
    env: { ...cleanEnvironment(), NO_COLOR: "1", TMPDIR: temporary, TOLD: path, ENDING: ending },
    stdio: "ignore",
  });
  const told: Started["told"] = async () => {
    await waitUntil(async () => (await readdir(temporary)).includes("told"), {
      timeout: 40_000,
      what: () => "the test has started its AppHost",
    });
    return JSON.parse(await readFile(path, "utf8")) as { runId: string; pid: number };
  };
  const exited = once(child, "exit");
  try {
    await use({ temporary, exited, killIt: () => void child.kill("SIGKILL"), told });
  } finally {
    // A test whose runner was killed may be left; that one is the runner's.
    for (const pid of await processesWith(`TMPDIR=${temporary}`)) kill(pid);
    await exited;
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Neither the AppHost, nor its guardian, nor what it has started is alive, and what it has written is gone. */
async function untilGone({
  runId,
  pid,
  temporary,
}: {
  runId: string;
  pid: number;
  temporary: string;
}): Promise<void> {
  let left: readonly unknown[] = [];
  const look = async (): Promise<boolean> => {
    left = [
      ...(await processesWith(`DEXT_RUN_ID=${runId}`)),
      ...(await processesWith(`DEXT_RUN=${runId}`)),
      ...((await isAlive(pid)) ? [pid] : []),
      ...(await readdir(temporary)).filter((name) => name.startsWith("dext-")),
    ];
    return left.length === 0;
  };
  await waitUntil(look, { timeout: 15_000, what: () => `nothing is left, but there are ${left.join(", ")}` });
}

/** One whose parent has no time to take note of its end is no longer alive. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return stat !== "" && !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
}

const limit = { timeout: 90_000 };

describe.concurrent.each(runners)("an AppHost of $name that nobody stops is gone", (runner) => {
  const { hasTimeout, hasChild } = runner;

  it.each(hasTimeout ? ["throw", "timeout"] : ["throw"])("when its test fails: %s", limit, async (ending) => {
    await withRunner(runner, ending, async ({ temporary, exited, told }) => {
      const run = await told();
      expect(await exited).toEqual([1, null]);
      await untilGone({ ...run, temporary });
    });
  });

  it.each(hasChild ? ["hang", "spin"] : ["hang"])(
    "when the runner is killed while the test does: %s",
    limit,
    async (ending) => {
      await withRunner(runner, ending, async ({ temporary, exited, killIt, told }) => {
        const run = await told();
        expect(await processesWith(`DEXT_RUN=${run.runId}`)).toHaveLength(2);
        killIt();
        await exited;
        await untilGone({ ...run, temporary });
      });
    },
  );
});
