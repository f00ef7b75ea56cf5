// Packs every package as it is published and has publint and "are the types wrong" look at the result.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packPackages } from "./pack-packages.ts";
import { runStep } from "./run-step.ts";

const target = await mkdtemp(join(tmpdir(), "dext-check-packages-"));
let failed = 0;
try {
  for (const { name, path } of await packPackages(target)) {
    process.stdout.write(`${name}\n`);
    const publint = await runStep("publint", [path, "--strict"]);
    // The command line has no types to be looked at by others than Dext itself.
    const attw = await runStep("attw", [path, "--profile", "esm-only", "--format", "ascii", "--no-emoji"]);
    if (publint.exitCode !== 0 || attw.exitCode !== 0) failed += 1;
  }
} finally {
  await rm(target, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;
