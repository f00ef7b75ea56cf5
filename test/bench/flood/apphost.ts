// Children that write FLOOD_LINES lines each as fast as they can; with FLOOD_KEEP one that stays and says nothing.
import process from "node:process";
import { createBuilder } from "@dext/hosting";
import { floodNames, floodProgram } from "./flood-command.ts";

const host = createBuilder({ name: "flood" });
const lines = Number(process.env["FLOOD_LINES"]);
for (const name of floodNames()) {
  const { command, args } = floodProgram(name, { lines });
  host.addExecutable(name, command, { args: [...args] });
}
if (process.env["FLOOD_KEEP"] === "1") host.addExecutable("stays", "sleep", { args: ["3600"] });
await host.run();
