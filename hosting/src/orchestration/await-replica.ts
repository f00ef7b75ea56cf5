import type { Clock } from "@dext/core";
import type { Replica } from "./replica.ts";

/** How a replica is waited for. */
export interface AwaitReplicaOptions<Found> {
  clock: Clock;
  /** How long it is waited for at most, in milliseconds. */
  timeout: number;
  /** Asked now and after each change of the replica; what is not undefined ends the wait. */
  look: () => Found | undefined;
}

/** Waits for something to be so of a replica; gives what was found, or nothing when the time is over. */
export async function awaitReplica<Found>(
  replica: Replica,
  { clock, timeout, look }: AwaitReplicaOptions<Found>,
): Promise<Found | undefined> {
  const { promise, resolve } = Promise.withResolvers<Found | undefined>();
  const lookAgain = (): void => {
    const found = look();
    if (found !== undefined) resolve(found);
  };
  const stop = replica.onChange(lookAgain);
  const timer = clock.setTimer(() => resolve(undefined), { milliseconds: timeout, unref: true });
  try {
    lookAgain();
    return await promise;
  } finally {
    stop();
    timer.clear();
  }
}
