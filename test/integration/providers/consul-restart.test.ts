import { consul, loadConfig } from "@dext/providers";
import type { ConfigEvent } from "@dext/providers";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../../hosting/src/orchestration/find-program.ts";
import { startConsulAgent } from "../../fixtures/consul/consul-agent.ts";
import { libraryAt } from "../../fixtures/consul/consul-targets.ts";
import { requirement } from "../../fixtures/requirement.ts";

const isInstalled = (await findProgram("consul")) !== undefined;
const program = requirement("consul", () => isInstalled);

describe.skipIf(!program.available)(
  `a real Consul that is watched ${program.reason}`,
  { timeout: 90_000 },
  () => {
    test("may go and come back with other keys and smaller indexes", async () => {
      const first = await startConsulAgent();
      const { address, token } = first;
      const library = libraryAt(address, token);
      // The indexes of the second one are far below.
      for (let count = 0; count < 50; count += 1) await library.kv.set("noise", String(count));
      await library.kv.set("app/colour", "red");

      const config = await loadConfig({ layers: [consul({ prefix: "app", address, token })], watch: true });
      const events: ConfigEvent[] = [];
      config.onEvent((event) => events.push(event));
      let second: typeof first | undefined;
      try {
        expect(config.value).toEqual({ colour: "red" });
        const { index: before } = config.explain("colour")[0]?.origin.details ?? {};
        await first.close();
        await expect.poll(() => config.sources[0]?.state, { timeout: 10_000 }).toBe("STALE");
        expect(config.value).toEqual({ colour: "red" });

        second = await startConsulAgent({ like: first });
        await library.kv.set("app/colour", "blue");
        await expect.poll(() => config.value, { timeout: 30_000 }).toEqual({ colour: "blue" });
        await expect.poll(() => config.sources[0]?.state).toBe("READY");
        const { index: after } = config.explain("colour")[0]?.origin.details ?? {};
        expect(Number(after)).toBeLessThan(Number(before));
        expect(events.filter(({ type }) => type === "changed")).toHaveLength(1);

        // From here it is watched as before.
        await library.kv.set("app/colour", "green");
        await expect.poll(() => config.value, { timeout: 5_000 }).toEqual({ colour: "green" });
      } finally {
        await config.close();
        library.destroy();
        await (second ?? first).close();
      }
    });
  },
);
