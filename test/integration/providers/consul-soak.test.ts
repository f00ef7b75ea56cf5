import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { soakOf, soakSeconds } from "../../fixtures/remote/soak-process.ts";

describe("a watched Consul", () => {
  test(
    "ends right after faults of every kind, with few requests, flat memory and no connection left",
    { timeout: (soakSeconds + 60) * 1000 },
    async () => {
      const program = fileURLToPath(new URL("../../fixtures/consul/consul-soak.ts", import.meta.url));
      const outcome = await soakOf(program);
      expect(outcome).toMatchObject({ isRight: true, left: [], openSockets: 0 });
      // Four places are watched, each with two looks at once and one per second, and each look may be followed by a load.
      expect(outcome.requestsPerSecond).toBeLessThan(12);
      expect(outcome.busiestSecond).toBeLessThan(40);
      expect(outcome.heapAfter - outcome.heapBefore).toBeLessThan(3 * 1024 * 1024);
      expect(outcome.events["failed"]).toBeGreaterThan(0);
      expect(outcome.events["recovered"]).toBeGreaterThan(0);
    },
  );
});
