// `npm test`: everything once on the repository's own Node, what runs in services again on the oldest Node that is
// supported, the examples of the documentation on Deno. Arguments go to vitest and limit the run to the first part.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { plantedSecret } from "./planted-secret.ts";
import { publicPackages, root } from "./packages.ts";
import { runStep } from "./run-step.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What is read of vitest's JSON report. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

/** Test folders that also run on the oldest Node. */
const onOldestNode = ["test/unit", "test/contract", "test/runtime"];

const args = process.argv.slice(2);
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, told once more at the end: whoever reads the last lines of a long output only should see it. */
const failures: string[] = [];
let printed = "";
const workspace = await mkdtemp(join(tmpdir(), "dext-test-"));
try {
  add(await runVitest("this Node", { args }));
  if (args.length === 0) {
    add(await runOnOldestNode());
    add(await runExamples());
  }
  add(lookForSecret());
} finally {
  await rm(workspace, { recursive: true });
}
for (const failure of failures) process.stdout.write(`\n✗ ${failure}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

async function runVitest(
  title: string,
  { args: vitestArgs, environment = {} }: { args: readonly string[]; environment?: Record<string, string> },
): Promise<Counts> {
  heading(title);
  const report = join(workspace, `${title.replaceAll(" ", "-")}.json`);
  const { exitCode, output } = await runStep(
    "node",
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...vitestArgs,
    ],
    { environment, capture: true },
  );
  printed += output;
  if (!existsSync(report)) {
    failures.push(`${title}: vitest wrote no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const result = JSON.parse(await readFile(report, "utf8")) as VitestReport;
  const told = failuresOf(result).map((failure) => `${title}: ${failure}`);
  // An error outside of every test has none to count, and fails all the same.
  const failed = exitCode !== 0 && result.numFailedTests === 0 ? 1 : result.numFailedTests;
  if (failed > 0 && told.length === 0)
    told.push(`${title}: an error outside of the tests\n${lastLines(output)}`);
  failures.push(...told);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

async function runOnOldestNode(): Promise<Counts> {
  const bin = join(root, "node_modules", "node22", "bin");
  if (!existsSync(join(bin, "node"))) {
    process.stdout.write("\nNode 22 is not installed on this platform: its part is skipped\n");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const path = [bin, join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const folders = onOldestNode.filter((folder) => existsSync(join(root, folder)));
  // What contract suites run on Deno and Bun has run there already.
  return runVitest("Node 22", { args: folders, environment: { PATH: path, DEXT_TEST_ONLY_NODE: "1" } });
}

async function runExamples(): Promise<Counts> {
  heading("examples in doc comments, on Deno");
  const sources = (await publicPackages())
    .map(({ directory }) => join(directory, "src"))
    .concat(join(root, "docs"), join(root, "README.md"));
  const { exitCode, output } = await runStep(
    "deno",
    ["test", "-A", "--doc", "--no-check", "--conditions=@dext/source", "--quiet", ...sources],
    { capture: true },
  );
  printed += output;
  // The last line is "ok | 12 passed | 0 failed (1s)".
  const match = /(\d+) passed.*?\| (\d+) failed/.exec(stripVTControlCharacters(output));
  if (match === null || exitCode !== 0) failures.push(`examples:\n${lastLines(output)}`);
  if (match === null) return { passed: 0, failed: 1, skipped: 0 };
  const failed = Number(match[2]);
  return { passed: Number(match[1]), failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped: 0 };
}

/** The tests that failed, and the files that could not be loaded, each with the start of its first message. */
function failuresOf({ testResults }: VitestReport): string[] {
  return testResults.flatMap(({ name, status, message = "", assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0) return status === "failed" ? [`${file}\n${firstLines(message)}`] : [];
    return tests.map(
      ({ fullName, failureMessages }) => `${file} > ${fullName}\n${firstLines(failureMessages?.[0] ?? "")}`,
    );
  });
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 12).join("\n");
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-40).join("\n");
}

/** What is a secret in the tests must stand nowhere in what they print. */
function lookForSecret(): Counts {
  if (!printed.includes(plantedSecret)) return { passed: 1, failed: 0, skipped: 0 };
  failures.push("The secret that the tests have planted stands in what they have printed");
  return { passed: 0, failed: 1, skipped: 0 };
}

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

function heading(title: string): void {
  process.stdout.write(`\n── ${title}\n`);
}
