// Runs children whose output goes into a store and prints what came of it, for tests on other runtimes.
// Arguments: the folder for the files, how many children, how many lines each.
import { spawn } from "node:child_process";
import process from "node:process";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";
import { openLogFolder } from "../../../../hosting/src/logs/log-folder.ts";
import { openOutputPipes } from "../../../../hosting/src/logs/output-pipes.ts";

const [directory = "", children = "", lines = ""] = process.argv.slice(2);
const script = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "$1 $i größe 🚀"; done; printf 'last without end'`;

const store = createLogStore({ directory });
store.addSecret("hunter2");
await Promise.all(
  Array.from({ length: Number(children) }, async (_, index) => {
    const pipes = await openOutputPipes();
    const child = spawn("sh", ["-c", script, "sh", `svc${index}`], {
      stdio: ["ignore", pipes.stdout, pipes.stderr],
    });
    const output = pipes.connect(child, store.sink(`svc${index}`, 0));
    await output.drain({ timeout: 20_000 });
  }),
);
store.sink("svc0", 0).system("hunter2 is hidden");
await store.close();

const next = new Map<string, number>();
let torn = 0;
for await (const { resource, text, stream } of (await openLogFolder(directory)).read()) {
  if (stream === "system") continue;
  const number = next.get(resource) ?? 1;
  const expected = number > Number(lines) ? "last without end" : `${resource} ${number} größe 🚀`;
  if (text !== expected) torn += 1;
  next.set(resource, number + 1);
}
const tail: string[] = [];
for await (const { text } of store.read({ tail: 1 })) tail.push(text);
process.stdout.write(JSON.stringify({ torn, counts: Object.fromEntries(next), tail }));
