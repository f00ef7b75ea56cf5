import { basename } from "node:path";
import { kill } from "node:process";
import type { ProcessPlan } from "../model/launcher.ts";

/** Package managers end at a signal and pass none on to what they run. */
const packageManagers = new Set(["npm", "npx", "pnpm", "yarn", "bun run"]);

/** Sends a signal to the first process of a plan alone; gives the reason where that is of no use. */
export function sendSignal(
  pid: number,
  { name, plan }: { name: NodeJS.Signals; plan: Pick<ProcessPlan, "command" | "args"> },
): string | undefined {
  const program = basename(plan.command).replace(/\.\w+$/, "");
  const runner = [program, `${program} ${plan.args[0] ?? ""}`].find((each) => packageManagers.has(each));
  if (runner !== undefined) return `it is run by ${runner}, which passes no signals on`;
  try {
    kill(pid, name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
