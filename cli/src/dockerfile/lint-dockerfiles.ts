import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { printableText } from "@dext/hosting/logs";
import { printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import type { Style } from "@dext/hosting/output";
import { lintDockerfile, lintSeverities } from "@dext/project/lint";
import type { LintFinding, LintSeverity } from "@dext/project/lint";
import type { CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { exitCodes } from "../exit-code.ts";

/**
 * Tells what is wrong with Dockerfiles.
 *
 * @returns 3 when there is a finding at or above the severity of `--fail-on`.
 * @throws DextError `DEXT_CLI_OPTION_INVALID`, `DEXT_CLI_FILE_UNREADABLE`, `DEXT_PROJECT_LINT_RULE_UNKNOWN`
 */
export async function lintDockerfiles(input: CommandInput): Promise<number> {
  refuseOthers(input);
  const failing = failingSeverities(input);
  const rules = { skip: ruleList(input, "skip"), enable: ruleList(input, "enable") };
  const names = input.names.length > 0 ? input.names : ["Dockerfile"];
  const findings: LintFinding[] = [];
  for (const file of names) {
    const text = await readText(file);
    const ignoreFile = await readIgnoreFile(file);
    findings.push(
      ...lintDockerfile(text, { file, ...rules, ...(ignoreFile === undefined ? {} : { ignoreFile }) }),
    );
  }
  if (input.flag("json")) printJson({ version: 1, files: names, findings });
  else printFindings(findings, names);
  const fails = findings.some(({ severity }) => failing.includes(severity));
  return fails ? exitCodes.configuration : exitCodes.done;
}

/** Refuses the options of the command's other half. */
function refuseOthers(input: CommandInput): void {
  const given = ["explain", "check", "outdated", "dry-run", "yes"].filter((option) => input.flag(option));
  given.push(...["profile", "on-conflict"].filter((option) => input.text(option) !== undefined));
  const [option] = given;
  if (option === undefined) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${option} does not go with --lint, which writes nothing`, {
    hint: "Run: dext dockerfile --help",
  });
}

function failingSeverities(input: CommandInput): readonly LintSeverity[] {
  const given = input.text("fail-on") ?? "style";
  if (given === "never") return [];
  const last = lintSeverities.findIndex((severity) => severity === given);
  if (last !== -1) return lintSeverities.slice(0, last + 1);
  throw cliError("DEXT_CLI_OPTION_INVALID", `--fail-on is "${given}"`, {
    hint: `It takes ${lintSeverities.join(", ")} or never.`,
  });
}

function ruleList(input: CommandInput, option: string): string[] {
  return input
    .list(option)
    .flatMap((text) => text.split(","))
    .map((id) => id.trim())
    .filter((id) => id !== "");
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = file === "-" ? await buffer(process.stdin) : await readFile(file);
    return bytes.toString("utf8");
  } catch (error) {
    throw cliError("DEXT_CLI_FILE_UNREADABLE", `"${file}" cannot be read: ${(error as Error).message}`, {
      hint: "Name the Dockerfile: dext dockerfile --lint <file>",
      cause: error,
      details: { file },
    });
  }
}

/** What goes with a Dockerfile: its own, else that of its folder. */
async function readIgnoreFile(file: string): Promise<string | undefined> {
  if (file === "-") return undefined;
  for (const path of [`${file}.dockerignore`, join(dirname(file), ".dockerignore")]) {
    try {
      return await readFile(path, "utf8");
    } catch {
      // Without one, nothing is left out.
    }
  }
  return undefined;
}

/** `Dockerfile:3:5 warning DL3008 …`, which editors can follow. */
function printFindings(findings: readonly LintFinding[], files: readonly string[]): void {
  const style = styleFor({ stream: process.stdout });
  for (const { file, line, column, severity, rule, aliases, message, hint } of findings) {
    const also = aliases.length > 0 ? style.dim(` (${aliases.join(", ")})`) : "";
    // It quotes the file, which may hold what clears a terminal.
    const said = printableText(message, { colour: false });
    printLine(`${file}:${line}:${column} ${paint(style, severity)} ${style.bold(rule)}${also} ${said}`);
    printLine(style.dim(`    ${hint}`));
  }
  const where = files.length === 1 ? `"${files[0]}"` : `${files.length} files`;
  printProgress(findings.length === 0 ? `Nothing to tell of ${where}` : `${countText(findings)} in ${where}`);
}

function countText(findings: readonly LintFinding[]): string {
  return lintSeverities
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${counted[severity][count === 1 ? 0 : 1]}`)
    .join(", ");
}

const counted: Readonly<Record<LintSeverity, readonly [one: string, more: string]>> = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  info: ["note", "notes"],
  style: ["note of style", "notes of style"],
};

function paint(style: Style, severity: LintSeverity): string {
  if (severity === "error") return style.red(severity);
  return severity === "warning" ? style.yellow(severity) : style.cyan(severity);
}
