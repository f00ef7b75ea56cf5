import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const dext = fileURLToPath(new URL("../../cli/bin/dext.js", import.meta.url));
const pairs = 15;

/** `dext --version` against `node -e 0`, in turn. */
export function bench(): Promise<BenchRow[]> {
  const bare: number[] = [];
  const ours: number[] = [];
  time(["-e", "0"]);
  time([dext, "--version"]);
  for (let pair = 0; pair < pairs; pair += 1) {
    bare.push(time(["-e", "0"]));
    ours.push(time([dext, "--version"]));
  }
  return Promise.resolve([
    told("node -e 0", { value: median(bare), unit: "ms" }),
    told("dext --version", { value: median(ours), unit: "ms" }),
    atMost("difference of the medians", { value: median(ours) - median(bare), bar: 40, unit: "ms" }),
  ]);
}

function time(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}
