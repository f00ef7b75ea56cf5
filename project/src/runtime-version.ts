import type { Finding, Runtime } from "./description.ts";
import type { Inspection } from "./inspection.ts";
import type { PackageManifest } from "./package-manifest.ts";
import { rangesMeet } from "./version-ranges.ts";
import { readVersionFiles, versionsOfManifest } from "./version-files.ts";

/** Where the version is looked for. */
export interface RuntimeVersionEvidence {
  readonly runtime: Runtime;
  /** The project's folder, then those above it that may speak for it. */
  readonly folders: readonly string[];
  /** The project's manifest, then that of the workspace's root. */
  readonly manifests: readonly (PackageManifest | undefined)[];
}

/**
 * The runtime's version as written: version files first, the nearest folder first, then the manifests. Others that
 * cannot be had together with it are warnings.
 */
export async function detectRuntimeVersion(
  inspection: Inspection,
  { runtime, folders, manifests }: RuntimeVersionEvidence,
): Promise<Finding<string> | undefined> {
  const found: Finding<string>[] = [];
  for (const directory of folders)
    found.push(...(await readVersionFiles(inspection, { directory, runtime })));
  for (const manifest of manifests) {
    if (manifest !== undefined) found.push(...versionsOfManifest(manifest, runtime));
  }
  const [first, ...others] = found;
  if (first === undefined) return undefined;
  for (const other of others) warnAboutMismatch(inspection, { first, other });
  return first;
}

function warnAboutMismatch(
  inspection: Inspection,
  { first, other }: { first: Finding<string>; other: Finding<string> },
): void {
  if (rangesMeet(first.value, other.value)) return;
  const place = `${first.file ?? ""}:${first.line ?? 1}`;
  inspection.warn({
    code: "runtime-version-mismatch",
    message: `Version "${other.value}" is asked for here and "${first.value}" in ${place}; the latter is taken`,
    ...(other.file === undefined ? {} : { file: other.file }),
    ...(other.line === undefined ? {} : { line: other.line }),
  });
}
