import type { BuildStep, Finding, Runtime, TypeScriptDescription } from "./description.ts";
import type { Inspection } from "./inspection.ts";
import { programFileOf } from "./program-file.ts";
import { runScriptNames } from "./scripts.ts";
import type { ProjectScripts } from "./scripts.ts";
import { invocationOf, splitCommands } from "./shell-command.ts";
import { rangesMeet } from "./version-ranges.ts";

/** What the build is found from. */
export interface BuildEvidence {
  readonly scripts: ProjectScripts;
  readonly runtime: Runtime;
  readonly runtimeVersion: Finding<string> | undefined;
  readonly entryPoint: Finding<string> | undefined;
  readonly typescript: TypeScriptDescription | undefined;
}

/** Node runs TypeScript by itself since these versions. */
const strippingVersions = ">=22.18.0";

/** The script `build`, else that the runtime strips the types by itself; nothing when there is nothing to build. */
export async function detectBuild(
  inspection: Inspection,
  evidence: BuildEvidence,
): Promise<Finding<BuildStep> | undefined> {
  const { scripts, runtime, entryPoint } = evidence;
  warnAboutStripping(inspection, evidence);
  await warnAboutMissingOutput(inspection, evidence);
  const script = scripts.get("build");
  if (script !== undefined) {
    const { name, command, file, line } = script;
    return {
      value: { kind: "script", script: name, command },
      because: `there is a script "${name}"`,
      file,
      line,
    };
  }
  if (entryPoint === undefined || !isTypeScript(entryPoint.value)) return undefined;
  const because = `${runtimeNames[runtime]} runs "${entryPoint.value}" as it stands`;
  return { value: { kind: "type-stripping" }, because, file: entryPoint.value };
}

const runtimeNames: Readonly<Record<Runtime, string>> = { node: "Node", deno: "Deno", bun: "Bun" };

/** Node runs a TypeScript entry point only from some version on, and only where stripping types is enough. */
function warnAboutStripping(inspection: Inspection, evidence: BuildEvidence): void {
  const { entryPoint, runtimeVersion, typescript } = evidence;
  if (entryPoint === undefined || !isStrippedByNode(evidence)) return;
  const code = "type-stripping-unsupported";
  if (runtimeVersion !== undefined && !rangesMeet(runtimeVersion.value, strippingVersions)) {
    const { value, file, line } = runtimeVersion;
    const message = `"${entryPoint.value}" needs Node ${strippingVersions} to run as it stands, current: "${value}"`;
    inspection.warn({ code, message, ...placeOf({ file, line }) });
  }
  if (typescript?.unstrippable !== undefined) {
    const { value, file, line } = typescript.unstrippable;
    const message = `"${entryPoint.value}" may use ${value}, which Node cannot run without a build`;
    inspection.warn({ code, message, ...placeOf({ file, line }) });
  }
}

function isStrippedByNode({ scripts, runtime, entryPoint }: BuildEvidence): boolean {
  if (runtime !== "node" || entryPoint === undefined || !isTypeScript(entryPoint.value)) return false;
  const script = runScriptNames.map((name) => scripts.get(name)).find((found) => found !== undefined);
  if (script === undefined) return true;
  return splitCommands(script.command).some((command) => {
    const invocation = invocationOf(command);
    return invocation?.program === "node" && isTypeScript(programFileOf(invocation)?.file ?? "");
  });
}

/** A script `start` that runs what a build makes is chosen for development too, when there is no `dev`. */
async function warnAboutMissingOutput(
  inspection: Inspection,
  { scripts, entryPoint }: BuildEvidence,
): Promise<void> {
  const start = scripts.has("dev") ? undefined : scripts.get("start");
  if (start === undefined) return;
  for (const command of splitCommands(start.command)) {
    const invocation = invocationOf(command);
    const file = invocation && programFileOf(invocation)?.file;
    if (file === undefined || file === "." || entryPoint === undefined || file === entryPoint.value) continue;
    if ((await inspection.firstFileAt([file])) !== undefined) continue;
    inspection.warn({
      code: "build-output-missing",
      message: `Script "start" runs "${file}", which does not exist until the project is built; a script "dev" would run "${entryPoint.value}"`,
      file: start.file,
      line: start.line,
    });
  }
}

function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path);
}

function placeOf({ file, line }: { file: string | undefined; line: number | undefined }): {
  file?: string;
  line?: number;
} {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
