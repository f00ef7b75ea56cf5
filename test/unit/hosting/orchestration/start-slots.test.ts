import { describe, expect, it } from "vitest";
import { StartSlots } from "../../../../hosting/src/orchestration/start-slots.ts";

/** Work that ends when it is told to. */
function gate(): { promise: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

describe("places for starts", () => {
  it("let no more go on at one time than there are, in the order in which they came", async () => {
    const slots = new StartSlots(2);
    const gates = Array.from({ length: 4 }, gate);
    const begun: number[] = [];
    const all = gates.map(({ promise }, index) =>
      slots.use(async () => {
        begun.push(index);
        await promise;
      }),
    );
    await settle();
    expect(begun).toEqual([0, 1]);
    gates[1]?.open();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it("are given up for a wait, however long, and taken again after it", async () => {
    const slots = new StartSlots(1);
    const pull = gate();
    const other = gate();
    const said: string[] = [];
    const slow = slots.use(async (slot) => {
      await slot.leaveFor(() => pull.promise);
      said.push("slow goes on");
    });
    const quick = slots.use(async () => {
      said.push("quick begins");
      await other.promise;
      said.push("quick ends");
    });
    await settle();
    pull.open();
    await settle();
    expect(said).toEqual(["quick begins"]);
    other.open();
    await Promise.all([slow, quick]);
    expect(said).toEqual(["quick begins", "quick ends", "slow goes on"]);
  });

  it("are free again when the work or the wait has failed", async () => {
    const slots = new StartSlots(1);
    await expect(slots.use(fail)).rejects.toThrow("no");
    await expect(slots.use((slot) => slot.leaveFor(fail))).rejects.toThrow("no");
    expect(await slots.use(() => Promise.resolve("yes"))).toBe("yes");
  });
});

function fail(): Promise<never> {
  return Promise.reject(new Error("no"));
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
