// `node test/bench/dockerfiles/compare.ts`: builds what Dext and @flydotio/dockerfile make of the same projects on an
// engine of this machine, runs it, and prints the table of docs/dockerfiles.md. Needs root, dockerd and debootstrap.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { useDockerEngine } from "../../fixtures/docker-engine.ts";
import { makeSlimImage } from "./base-image.ts";
import { dockerAt } from "./docker-command.ts";
import { dockerfileGenerators } from "./generators.ts";
import { comparedSamples } from "./samples.ts";
import { tryOut } from "./try-out.ts";
import type { Outcome } from "./try-out.ts";

const columns: Readonly<Record<string, (outcome: Outcome) => string | undefined>> = {
  starts: ({ starts }) => starts,
  "over its base": ({ sizeMiB }) => (sizeMiB === undefined ? undefined : `${sizeMiB.toFixed(2)} MiB`),
  uid: ({ uid }) => uid,
  health: ({ health }) => health,
  "read-only, uid 1000": ({ strict }) => strict,
  stop: ({ stop }) => stop,
  "has no business there": ({ extra }) => extra,
  "cold build": ({ cold }) => secondsText(cold),
  "after an edit": ({ warm }) => secondsText(warm),
};

const engine = await useDockerEngine();
const docker = dockerAt(engine.socketPath);
const folder = await mkdtemp(join(tmpdir(), "dext-compare-"));
try {
  await makeSlimImage(docker);
  const names = Object.keys(columns);
  process.stdout.write(`| project | by | ${names.join(" | ")} |\n|${"---|".repeat(names.length + 2)}\n`);
  for (const sample of comparedSamples) {
    for (const [name, write] of Object.entries(dockerfileGenerators)) {
      const outcome = await tryOut(sample, { write, docker, folder });
      const cells = Object.values(columns).map((column) => column(outcome) ?? "–");
      process.stdout.write(`| ${sample.name} | ${name} | ${cells.join(" | ")} |\n`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  await engine.release();
}

function secondsText(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : `${(milliseconds / 1000).toFixed(1)} s`;
}
