import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { SoakOutcome } from "../../fixtures/configuration/soak.ts";

/** Longer by the variable: 600 for ten minutes. */
const seconds = Number(process.env["DEXT_SOAK_SECONDS"] ?? 30);

describe("a watched configuration", () => {
  test(
    "ends right after sources that change, break, vanish and come back, with flat memory and no handle left",
    { timeout: (seconds + 60) * 1000 },
    async () => {
      const program = fileURLToPath(new URL("../../fixtures/configuration/soak.ts", import.meta.url));
      const seed = Date.now() % 100_000;
      const child = spawn(
        process.execPath,
        ["--expose-gc", "--conditions=@dext/source", program, String(seconds), String(seed)],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      await once(child, "close");
      const outcome = JSON.parse(output) as SoakOutcome;
      expect({ seed, ...outcome }).toMatchObject({ seed, isRight: true, left: [] });
      expect(outcome.heapAfter - outcome.heapBefore).toBeLessThan(3 * 1024 * 1024);
      expect(outcome.events["failed"]).toBeGreaterThan(0);
      expect(outcome.events["recovered"]).toBeGreaterThan(0);
    },
  );
});
