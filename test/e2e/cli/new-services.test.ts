import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import { freePort } from "../../fixtures/embedded-redis/redis-servers.ts";
import {
  leaveOutOtherPlatforms,
  outsideEnvironment,
  outsideFolder,
} from "../../fixtures/generators/outside-folder.ts";
import type { OutsideFolder } from "../../fixtures/generators/outside-folder.ts";
import { everyChoice, flagsOf, nameOf, pairwiseChoices } from "../../fixtures/generators/service-choices.ts";
import type { ServiceChoice } from "../../fixtures/generators/service-choices.ts";
import { startOtlpReceiver } from "../../fixtures/otlp-receiver.ts";
import { packageManagerPrograms } from "../../fixtures/package-managers.ts";
import { requirement } from "../../fixtures/requirement.ts";

const run = promisify(execFile);
/** `DEXT_TEST_GENERATED=all`: every service by every package manager, and `DEXT_TEST_TABLE=<file>` gets a table. */
const all = process.env["DEXT_TEST_GENERATED"] === "all";
const programs = requirement("bun", () => packageManagerPrograms() !== undefined);
const managers = Object.keys(pairwiseChoices);

afterEach(endLeftDexts);

describe.skipIf(!programs.available).each(managers)(
  `a repository that %s installs ${programs.reason}`,
  (packageManager) => {
    const choices = all ? everyChoice : (pairwiseChoices[packageManager] ?? []);
    const names = choices.map(nameOf);
    const env = outsideEnvironment();
    const measured = new Map<string, number>();
    let outside: OutsideFolder;

    beforeAll(async () => {
      outside = await outsideFolder();
      const { folder, shop } = outside;
      if (packageManager === "yarn") await leaveOutOtherPlatforms(outside);
      const [first, ...more] = choices;
      const flags = ["--package-manager", packageManager, "--no-install", "--no-git"];
      await makes(["new", "app", "shop", ...flagsOf(first as ServiceChoice), ...flags], folder);
      for (const choice of more) {
        await makes(["new", "service", nameOf(choice), ...flagsOf(choice), "--no-install"], shop);
      }
      await script("install");
    }, 180_000);

    afterAll(async () => {
      await outside.remove();
      await writeTable(packageManager, measured);
    });

    it.each([
      ["check", "type-checks"],
      ["lint", "has nothing that its linters object to"],
      ["test", "passes its tests"],
    ])("%s: %s", { timeout: 120_000 }, async (name) => {
      await expect(script("run", name)).resolves.toBeDefined();
    });

    it("runs healthy, shows what it does in telemetry, and stops in order", { timeout: 60_000 }, async () => {
      const receiver = await startOtlpReceiver();
      onTestFinished(() => receiver.close());
      const { shop } = outside;
      const system = startDext(["run", "--json"], {
        folder: shop,
        env: { ...env, DEXT_OTLP_ENDPOINT: receiver.url },
      });
      await dext(["wait", ...resources(), "--for", "healthy", "--timeout", "40s"], { folder: shop });
      const listing = JSON.parse((await dext(["ps", "--json"], { folder: shop })).stdout) as Listing;
      expect(listing.resources.map(({ name, health }) => `${name} ${health}`).toSorted()).toEqual(
        resources()
          .map((name) => `${name} Healthy`)
          .toSorted(),
      );

      for (const [index, choice] of choices.entries()) {
        const name = resources()[index] ?? "";
        const url = listing.resources.find((each) => each.name === name)?.endpoints[0]?.url ?? "";
        expect(await (await fetch(`${url}/health`)).text()).toBe("Healthy");
        expect(await (await fetch(`${url}/alive`)).text()).toBe("Healthy");
        if (choice.kind === "worker") continue;
        expect(await (await fetch(url)).json()).toEqual({ service: name, message: "Hello" });
      }
      for (const [index, { runtime, kind }] of choices.entries()) {
        // Bun sends nothing by itself: see docs/telemetry.md.
        if (runtime === "bun") continue;
        const name = resources()[index] ?? "";
        await receiver.wait(({ logs }) => logs.some(({ service }) => service === name));
        if (kind === "worker") continue;
        await receiver.wait(({ spans }) =>
          spans.some((span) => span.service === name && span.kind === "server"),
        );
      }

      system.signal("SIGTERM");
      const { code, stdout } = await system.ended;
      expect(code).toBe(0);
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as RunEvent);
      for (const name of resources()) {
        const said = events.filter(({ type, resource }) => type === "line" && resource === name);
        expect(said.map(({ text }) => text).join("\n")).toMatch(new RegExp(`${name} stops.*SIGTERM`));
        const last = events.findLast(({ type, resource }) => type === "state" && resource === name);
        expect(last?.data?.snapshot).toMatchObject({ state: "Stopped", exitCode: 0 });
      }
    });

    it.each(choices.map((choice, index) => ({ choice, index, title: nameOf(choice) })))(
      "starts $title by itself, and it stops with 0 on SIGTERM",
      async ({ choice, index, title }) => {
        const port = await freePort();
        const folder = join(outside.shop.path, "services", resources()[index] ?? "");
        const { command, args } = commands[choice.runtime];
        const begun = performance.now();
        const child = spawn(command, [...args, "src/main.ts"], {
          cwd: folder,
          env: { ...env, PORT: String(port) },
          stdio: "ignore",
        });
        const ended = once(child, "exit");
        await vi.waitFor(
          async () => expect((await fetch(`http://127.0.0.1:${port}/alive`)).status).toBe(200),
          {
            timeout: 10_000,
            interval: 5,
          },
        );
        measured.set(title, performance.now() - begun);
        child.kill("SIGTERM");
        expect(await ended).toEqual([0, null]);
      },
    );

    /** The first service of an app is called by its kind. */
    function resources(): string[] {
      const [first] = choices;
      const kind = first?.kind === "plain" ? "web" : (first?.kind ?? "");
      return [kind, ...names.slice(1)];
    }

    async function makes(args: string[], folder: OutsideFolder["folder"]): Promise<void> {
      const made = await dext(args, { folder, env });
      expect(made).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") as unknown });
    }

    /** Gives what the package manager prints; rejects when it fails. */
    async function script(...args: string[]): Promise<string> {
      const options = { cwd: outside.shop.path, env, maxBuffer: 64 * 1024 * 1024 };
      return (await run(packageManager, args, options)).stdout;
    }
  },
);

interface Listing {
  readonly resources: readonly { name: string; health: string; endpoints: readonly { url: string }[] }[];
}

interface RunEvent {
  readonly type: string;
  readonly resource?: string;
  readonly text?: string;
  readonly data?: { readonly snapshot?: unknown };
}

const commands: Readonly<Record<ServiceChoice["runtime"], { command: string; args: readonly string[] }>> = {
  node: { command: process.execPath, args: [] },
  deno: { command: "deno", args: ["run", "-A"] },
  bun: { command: "bun", args: ["run"] },
};

/** `| npm | node-api | 143 ms |`: from the start of the process to the first answer. */
async function writeTable(packageManager: string, measured: ReadonlyMap<string, number>): Promise<void> {
  const file = process.env["DEXT_TEST_TABLE"];
  if (file === undefined) return;
  const rows = [...measured].map(
    ([name, time]) => `| ${packageManager} | ${name} | ${Math.round(time)} ms |\n`,
  );
  await appendFile(file, rows.join(""));
}
