// The interface on the terminal that it is started on, for the run whose control socket is the first argument.
import process from "node:process";
import { runTerminal } from "../../cli/src/tui/run-terminal.ts";
import { connectRun } from "../../hosting/src/control/connect-run.ts";

const run = connectRun({ socketPath: process.argv[2] ?? "" });
const info = await run.info();
await runTerminal({ run, info, stdin: process.stdin, stdout: process.stdout, owned: false });
process.exit(0);
