// `npm run check`, the one gate: stops at the first step that fails.
import { runStep } from "./run-step.ts";

const steps: readonly (readonly [title: string, command: string, ...args: string[]])[] = [
  ["format", "oxfmt", "--check", "."],
  ["lint", "oxlint", "--type-aware"],
  ["types", "npm", "run", "build"],
  ["packaging", "node", "scripts/check-packages.ts"],
  ["dead code", "knip", "--no-config-hints"],
  ["tests", "npm", "test"],
];

for (const [title, command, ...args] of steps) {
  process.stdout.write(`\n── ${title}\n`);
  const { exitCode } = await runStep(command, args);
  if (exitCode === 0) continue;
  process.stderr.write(`\ncheck: ${title} failed: ${[command, ...args].join(" ")}\n`);
  process.exit(exitCode);
}
process.stdout.write("\ncheck: all is well\n");
