import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { soakOf, soakSeconds } from "../../fixtures/remote/soak-process.ts";

describe("a watched Vault", () => {
  test(
    "ends right after faults of every kind, tokens that end and credentials that rotate, with nothing left behind",
    { timeout: (soakSeconds + 60) * 1000 },
    async () => {
      const program = fileURLToPath(new URL("../../fixtures/vault/vault-soak.ts", import.meta.url));
      const outcome = await soakOf(program);
      expect(outcome).toMatchObject({ isRight: true, left: [], openSockets: 0 });
      // Three secrets are asked for three times a second, and each change is one more reading; logins, renewals and
      // revocations of lives of two seconds come on top.
      expect(outcome.requestsPerSecond).toBeLessThan(60);
      expect(outcome.busiestSecond).toBeLessThan(150);
      expect(outcome.heapAfter - outcome.heapBefore).toBeLessThan(3 * 1024 * 1024);
      expect(outcome.events["failed"]).toBeGreaterThan(0);
      expect(outcome.events["recovered"]).toBeGreaterThan(0);
    },
  );
});
