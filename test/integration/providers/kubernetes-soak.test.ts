import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { soakOf, soakSeconds } from "../../fixtures/remote/soak-process.ts";

describe("a watched API of Kubernetes", () => {
  test(
    "ends right after faults of every kind, with few requests, flat memory and no connection left",
    { timeout: (soakSeconds + 60) * 1000 },
    async () => {
      const program = fileURLToPath(new URL("../../fixtures/kubernetes/kubernetes-soak.ts", import.meta.url));
      const outcome = await soakOf(program);
      expect(outcome).toMatchObject({ isRight: true, left: [], openSockets: 0 });
      // Three objects are watched on a clock that is twenty times faster; each of some ten changes a second may be loaded.
      expect(outcome.requestsPerSecond).toBeLessThan(60);
      expect(outcome.busiestSecond).toBeLessThan(150);
      expect(outcome.heapAfter - outcome.heapBefore).toBeLessThan(3 * 1024 * 1024);
      expect(outcome.events["failed"]).toBeGreaterThan(0);
      expect(outcome.events["recovered"]).toBeGreaterThan(0);
    },
  );
});
