import { join } from "node:path";
import type { Finding } from "./description.ts";
import type { Inspection } from "./inspection.ts";

/** What `pnpm-workspace.yaml` lists. */
export interface PnpmWorkspace {
  readonly kind: "pnpm";
  readonly patterns: Finding<readonly string[]>;
  /** Whether a plain version range is satisfied by a member of the workspace; nothing where it is not said. */
  readonly linksRanges: boolean | undefined;
}

/**
 * Reads `pnpm-workspace.yaml`; one without `packages` holds settings only and makes no workspace, and a broken one is a
 * warning.
 */
export async function readPnpmWorkspace(
  inspection: Inspection,
  directory: string,
): Promise<PnpmWorkspace | undefined> {
  const path = join(directory, "pnpm-workspace.yaml");
  if (!(await inspection.hasFile(path))) return undefined;
  const text = (await inspection.readHelpfulText(path)) ?? "";
  // Loaded on first use: most projects have no such file, and every run of an AppHost imports this package.
  const { isScalar, isSeq, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const file = inspection.show(path);
  const [error] = document.errors;
  if (error !== undefined) {
    const message = `It is ignored: ${error.message}`;
    inspection.warn({ code: "file-ignored", message, file, line: lines.linePos(error.pos[0]).line });
    return undefined;
  }
  const list: unknown = document.get("packages", true);
  if (!isSeq(list)) return undefined;
  const value = list.items
    .map((item) => (isScalar(item) ? item.value : undefined))
    .filter((item): item is string => typeof item === "string");
  const line = lines.linePos(list.range?.[0] ?? 0).line;
  const links: unknown = document.get("linkWorkspacePackages");
  return {
    kind: "pnpm",
    patterns: { value, because: '"packages" lists the members', file, line },
    linksRanges: links === undefined ? await settingOfNpmrc(inspection, directory) : links !== false,
  };
}

// link-workspace-packages=true
async function settingOfNpmrc(inspection: Inspection, directory: string): Promise<boolean | undefined> {
  const text = await inspection.readHelpfulText(join(directory, ".npmrc"));
  const value = /^\s*link-workspace-packages\s*=\s*(\w+)/m.exec(text ?? "")?.[1];
  return value === undefined ? undefined : value !== "false";
}
