import type { ResourceSnapshot } from "@dext/protocol";
import { testingError } from "./error-codes.ts";

/** A replica that something can be done to. */
export interface FaultTarget {
  readonly resource: string;
  readonly replica: number;
  /** The process that the run has started; absent when it is a container. */
  readonly pid?: number;
}

/** What is done to it, as in `"api" cannot be killed`. */
export type Fault = "killed" | "paused";

/**
 * Those of these replicas that run, as a process or a container of the run.
 *
 * @throws DextError `DEXT_TESTING_FAULT_IMPOSSIBLE` when none of them does.
 */
export function faultTargets(
  replicas: readonly ResourceSnapshot[],
  { resource, fault }: { resource: string; fault: Fault },
): readonly FaultTarget[] {
  const found = replicas.flatMap(({ name, replica, pid, launcher, state }) => {
    if (launcher === "container") return state === "Running" ? [{ resource: name, replica }] : [];
    return pid === undefined ? [] : [{ resource: name, replica, pid }];
  });
  if (found.length > 0) return found;
  const [first] = replicas;
  throw isElsewhere(first) ? elsewhere(first, fault) : notRunning(replicas, { resource, fault });
}

/** Something that the run did not start: it is configured, or lives in another resource. */
function isElsewhere(snapshot: ResourceSnapshot | undefined): snapshot is ResourceSnapshot {
  return snapshot?.launcher === "external" || snapshot?.launcher === "none";
}

function elsewhere({ name, launcher = "none", launcherBecause }: ResourceSnapshot, fault: Fault): Error {
  const because = launcherBecause === undefined ? "" : `: ${launcherBecause}`;
  return testingError(
    "DEXT_TESTING_FAULT_IMPOSSIBLE",
    `"${name}" cannot be ${fault}: the run has not started it${because}`,
    {
      hint: `Do it to what "${name}" lives in, or replace it by a server of the test: { replace: { "${name}": … } }.`,
      details: { resource: name, launcher },
    },
  );
}

function notRunning(
  replicas: readonly ResourceSnapshot[],
  { resource, fault }: { resource: string; fault: Fault },
): Error {
  const states = [...new Set(replicas.map(({ state }) => state))];
  return testingError(
    "DEXT_TESTING_FAULT_IMPOSSIBLE",
    `"${resource}" cannot be ${fault}: it does not run, it is ${states.join(" and ") || "not there"}`,
    {
      hint: `Wait for it: await app.waitFor("${resource}", "Running").`,
      details: { resource, states },
    },
  );
}
