import process from "node:process";
import { describeEngine } from "@dext/hosting/containers";
import type { ContainerEngine } from "@dext/hosting/containers";
import { columns, printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import { checks } from "./check-row.ts";
import type { CheckedProject, CheckRow } from "./check-row.ts";

/** What {@link printChecks} takes. */
export interface PrintChecksOptions {
  engine: ContainerEngine;
  isFine: boolean;
  json: boolean;
}

/** Prints what was checked as a table, or as a document. */
export function printChecks(
  projects: readonly CheckedProject[],
  { engine, isFine, json }: PrintChecksOptions,
): void {
  if (json) {
    const { name, version } = engine;
    printJson({ version: 1, passed: isFine, engine: { name, version }, projects: projects.map(toDocument) });
    return;
  }
  printTable(projects);
  for (const project of projects) for (const row of project.rows) printLines(project, row);
  printProgress(`${verdictOn(projects)}; ${describeEngine(engine)}`);
}

/** `2 of 10 do not hold, 1 could not be told`. */
function verdictOn(projects: readonly CheckedProject[]): string {
  const rows = projects.flatMap((project) => project.rows);
  const count = (wanted: CheckRow["result"]): number => rows.filter(({ result }) => result === wanted).length;
  const [failed, untold] = [count("failed"), count("skipped")];
  const verdict =
    failed > 0 ? `${failed} of ${rows.length} do not hold` : `${count("ok")} of ${rows.length} hold`;
  return untold === 0 ? verdict : `${verdict}, ${untold} could not be told`;
}

function toDocument({ rows, ...project }: CheckedProject): object {
  return {
    ...project,
    passed: rows.every(({ result }) => result !== "failed"),
    checks: rows.map(({ duration, ...row }) => ({
      ...row,
      ...(duration === undefined ? {} : { duration: Math.round(duration) }),
    })),
  };
}

const colours = { ok: "green", failed: "red", skipped: "yellow" } as const;

/** `failed  api  stops when it is told to  killed after 5.0 s`, and below it what to do. */
function printTable(projects: readonly CheckedProject[]): void {
  const style = styleFor({ stream: process.stdout });
  const rows = projects.flatMap(({ name, rows: of }) => of.map((row) => ({ name, ...row })));
  const lines = columns(
    rows.map(({ name, result, check, found }) => [result, name, checks[check], firstLine(found)]),
  );
  for (const [index, line] of lines.entries()) {
    const { result = "ok", hint } = rows[index] ?? {};
    printLine(style[colours[result]](result) + line.slice(result.length));
    if (hint !== undefined) printLine(style.dim(`         ${hint}`));
  }
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

function printLines({ name }: CheckedProject, { check, lines = [] }: CheckRow): void {
  if (lines.length === 0) return;
  const what = check === "built" ? "of the build" : "of the program";
  printLine(`\nThe last lines ${what} of ${name}:`);
  for (const line of lines) printLine(`  ${line}`);
}
