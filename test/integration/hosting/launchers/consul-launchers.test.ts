import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { findProgram } from "../../../../hosting/src/orchestration/find-program.ts";
import { addConsul } from "../../../../hosting/src/resources/add-consul.ts";
import { connectionOf, launch } from "../../../fixtures/launchers/run-launcher.ts";
import { requirement } from "../../../fixtures/requirement.ts";

const isInstalled = (await findProgram("consul")) !== undefined;
const consul = requirement("consul", () => isInstalled);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-consul-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe.skipIf(!consul.available)(
  `consul by the process launcher ${consul.reason}`,
  { timeout: 90_000 },
  () => {
    test("has a leader when it is healthy and keeps its keys with a data volume", async () => {
      const host = new ModelBuilder({ directory });
      addConsul(host, "settings").withDataVolume();
      const options = {
        resource: "settings",
        launcher: "process",
        dataDirectory: join(directory, "data"),
      } as const;
      const first = await launch(host, options);
      try {
        const url = new URL("/v1/kv/colour", connectionOf(first, "settings")["uri"]);
        expect(await (await fetch(url, { method: "PUT", body: "red" })).text()).toBe("true");
      } finally {
        await first.stop();
      }
      const second = await launch(host, options);
      try {
        const get = await fetch(new URL("/v1/kv/colour?raw", connectionOf(second, "settings")["uri"]));
        expect(await get.text()).toBe("red");
      } finally {
        await second.stop();
      }
    });
  },
);
