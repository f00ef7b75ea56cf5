// The part of an AppHost that takes output in, keeps it and prints it, in a process of its own, so that its memory can
// be told. Arguments: the folder for the log files, then a command for each child. Prints to stdout as a run does;
// its last words on stderr are a line of JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createFrameRenderer } from "../../hosting/src/logs/frame-renderer.ts";
import { createLogStore } from "../../hosting/src/logs/log-store.ts";
import { openOutputPipes } from "../../hosting/src/logs/output-pipes.ts";

const [directory = "", ...commands] = process.argv.slice(2);
const store = createLogStore({ directory });
const render = createFrameRenderer({
  prefix: ({ resource }) => `${resource} | `,
  colour: false,
  terminal: false,
});

let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);

const printing = (async () => {
  for await (const frame of store.readFrames({ follow: true })) {
    if (!process.stdout.write(render(frame))) await once(process.stdout, "drain");
  }
})();
// With nobody reading our stdout, printing stands still; the services must not.
void printing.catch(() => {});

await Promise.all(
  commands.map(async (command, index) => {
    const pipes = await openOutputPipes();
    const child = spawn("sh", ["-c", `exec ${command}`], {
      stdio: ["ignore", pipes.stdout, pipes.stderr],
      detached: true,
    });
    await pipes.connect(child, store.sink(`svc${index}`, 0)).ended;
  }),
);
await store.close();
process.stderr.write(`${JSON.stringify({ peak, dropped: store.dropped() })}\n`);
await printing;
clearInterval(watch);
