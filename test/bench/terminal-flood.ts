// A run whose services print as many lines a second as the third argument says: served on the socket in the first, log
// files in the folder in the second, until its stdin ends.
import { Buffer } from "node:buffer";
import process from "node:process";
import { serveControl } from "../../hosting/src/control/serve-control.ts";
import { createLogStore } from "../../hosting/src/logs/log-store.ts";
import { createScriptedRun } from "../fixtures/tui/scripted-run.ts";

const [socketPath = "", directory = "", rate = "0"] = process.argv.slice(2);
const services = ["api", "web", "worker", "mail"];
const store = createLogStore({ directory });
const run = createScriptedRun();
for (const name of services) run.addResource(name);
const server = await serveControl({
  socketPath,
  run: Object.assign(run, { logs: store.read.bind(store), logFrames: store.readFrames.bind(store) }),
});

const sinks = services.map((name) => store.sink(name, 0));
const perTurn = 5;
let printed = 0;
const startedAt = performance.now();
const timer = setInterval(() => {
  // As many as are due, however late the timer is.
  const due = Math.floor(((performance.now() - startedAt) / 1000) * Number(rate));
  const count = Math.min(due - printed, 50_000);
  if (count <= 0) return;
  const now = Date.now();
  sinks.forEach((sink, index) => {
    let text = "";
    for (let at = index; at < count; at += services.length)
      text += `@${now} GET /products/${printed + at} 200 in ${at % 97} ms, ${"x".repeat(40)}\n`;
    sink.write("stdout", Buffer.from(text));
  });
  printed += count;
}, perTurn);

process.stdout.write("ready\n");
process.stdin.resume();
process.stdin.on("end", () => {
  clearInterval(timer);
  process.stdout.write(`${Math.round(printed / ((performance.now() - startedAt) / 1000))}\n`);
  void server
    .close({ grace: 0 })
    .then(() => store.close())
    .then(() => process.exit(0));
});
