import type { ContainerEngine } from "../containers/container-engine.ts";
import { engineWords, isRefusal } from "../containers/error-codes.ts";
import { testingError } from "./error-codes.ts";
import type { Fault } from "./fault-targets.ts";

/** Kills everything in a container, as a crash would; it may stand still. */
export async function killContainer(engine: ContainerEngine, name: string): Promise<void> {
  // Podman kills nothing that stands still.
  await resumeContainer(engine, name);
  await ask(engine, { name, verb: "kill", fault: "killed" });
}

/** Freezes everything in a container: connections are taken and not answered. */
export async function pauseContainer(engine: ContainerEngine, name: string): Promise<void> {
  try {
    await ask(engine, { name, verb: "pause", fault: "paused" });
  } catch (error) {
    if (!(await isPaused(engine, name))) throw error;
  }
}

/** Lets a container go on; does nothing for one that does not stand still or is not there any more. */
export async function resumeContainer(engine: ContainerEngine, name: string): Promise<void> {
  if (await isPaused(engine, name)) await ask(engine, { name, verb: "unpause", fault: "paused" });
}

async function isPaused(engine: ContainerEngine, name: string): Promise<boolean> {
  try {
    const { State } = await engine.json<{ State: { Status: string; Paused?: boolean } }>({
      path: `/containers/${name}/json`,
    });
    return State.Paused ?? State.Status === "paused";
  } catch (error) {
    if (isRefusal(error, 404)) return false;
    throw error;
  }
}

async function ask(
  engine: ContainerEngine,
  { name, verb, fault }: { name: string; verb: "kill" | "pause" | "unpause"; fault: Fault },
): Promise<void> {
  try {
    await engine.json({ method: "POST", path: `/containers/${name}/${verb}` });
  } catch (error) {
    if (!isRefusal(error, 404, 409, 500)) throw error;
    throw testingError(
      "DEXT_TESTING_FAULT_IMPOSSIBLE",
      `The container ${name} cannot be ${fault}: ${engine.name} does not ${verb} it (${engineWords(error)})`,
      {
        hint: "Wait until it runs. An engine without root may need cgroup version 2 to pause.",
        cause: error,
        details: { container: name, engine: engineWords(error) },
      },
    );
  }
}
