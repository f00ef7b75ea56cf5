import type { Clock } from "@dext/core";

/** Whether something settled in time; how it settled is for whoever made it. Leaves no timer behind. */
export async function settlesWithin(
  work: Promise<unknown>,
  { milliseconds, clock }: { milliseconds: number; clock: Clock },
): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = clock.setTimer(() => late.resolve(false), { milliseconds });
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late.promise]);
  } finally {
    timer.clear();
  }
}
