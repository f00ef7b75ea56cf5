// Run by the guardian when the AppHost was killed: <socket> <run>. Removes the run's containers and network.
import { cleanUpRunContainers } from "./clean-up.ts";
import { connectEngine } from "./container-engine.ts";

const [socketPath = "", runId = ""] = process.argv.slice(2);

/** The engine may be under load, with whatever killed the AppHost. */
const attempts = 3;

for (let attempt = 1; attempt <= attempts; attempt += 1) {
  try {
    const engine = await connectEngine({ socketPath });
    await cleanUpRunContainers(engine, runId, { looks: 2 });
    break;
  } catch {
    // Nobody is left to be told. The next run finds what is still there.
    process.exitCode = 1;
  }
}
