// `npm run bench -- [name …] [--json]`: runs the benches named, or all, and prints their figures beside the bars.
import { readdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Bench } from "./row.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const files = await readdir(new URL(".", import.meta.url));
const known = files
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.slice(0, -".bench.ts".length))
  .toSorted();
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: there is no bench "${unknown.join('", "')}"; there are: ${known.join(", ")}\n`,
  );
  process.exit(2);
}

let isMet = true;
for (const name of positionals.length > 0 ? positionals : known) {
  const { bench } = (await import(`./${name}.bench.ts`)) as { bench: Bench };
  const rows = await bench();
  isMet &&= rows.every(({ met }) => met !== false);
  if (values.json)
    for (const row of rows) process.stdout.write(`${JSON.stringify({ bench: name, ...row })}\n`);
  else {
    process.stdout.write(`\n${name}\n`);
    const width = Math.max(...rows.map((row) => row.name.length));
    for (const { name: figure, value, unit, bar = "", met } of rows) {
      const verdict = met === undefined ? "" : met ? "met" : "NOT MET";
      process.stdout.write(
        `  ${figure.padEnd(width)}  ${`${value} ${unit}`.padStart(14)}  ${bar.padEnd(10)}  ${verdict}\n`,
      );
    }
  }
}
process.exitCode = isMet ? 0 : 1;
