import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engineMissing, findEngine, noEngine } from "../../../../hosting/src/containers/find-engine.ts";
import type { EngineSearch } from "../../../../hosting/src/containers/find-engine.ts";
import { answer, startFaultyEngine } from "../../../fixtures/containers/faulty-engine.ts";
import type { FaultyEngine } from "../../../fixtures/containers/faulty-engine.ts";

let faulty: FaultyEngine;
let home: string;
beforeEach(async () => {
  faulty = await startFaultyEngine();
  home = await mkdtemp(join(tmpdir(), "dext-home-"));
});
afterEach(async () => {
  await faulty.close();
  await rm(home, { recursive: true, force: true });
});

const search = (environment: Record<string, string> = {}): Promise<EngineSearch> =>
  findEngine({ environment: { HOME: home, XDG_RUNTIME_DIR: home, ...environment }, timeout: 300 });

/** As `docker context create` writes it. */
async function createContext(name: string, host: string): Promise<void> {
  const folder = join(home, ".docker/contexts/meta", createHash("sha256").update(name).digest("hex"));
  await mkdir(folder, { recursive: true });
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  await writeFile(join(folder, "meta.json"), JSON.stringify(meta));
}

async function useContext(name: string): Promise<void> {
  await mkdir(join(home, ".docker"), { recursive: true });
  await writeFile(join(home, ".docker/config.json"), JSON.stringify({ auths: {}, currentContext: name }));
}

describe("the search for an engine", () => {
  test("gives each place with its reason and the remedy", async () => {
    const { engine, attempts } = await search();
    if (engine !== undefined) return;
    expect(attempts.map(({ where }) => where)).toContain(`${home}/podman/podman.sock`);
    expect(attempts.map(({ because }) => because)).toContain("there is no such socket");
    expect(engineMissing(attempts)).toMatchObject({ remedy: expect.stringMatching(/./) });
  });

  test("takes the socket of an engine without root", async () => {
    const { engine: other } = await search();
    if (other !== undefined) return;
    await symlink(faulty.socketPath, join(home, "docker.sock"));
    expect(await search()).toMatchObject({
      engine: { name: "Docker", socketPath: join(home, "docker.sock") },
      by: "its usual place",
    });
    await rm(join(home, "docker.sock"));
    await mkdir(join(home, "podman"));
    await symlink(faulty.socketPath, join(home, "podman/podman.sock"));
    const version = { ApiVersion: "1.41", Version: "4.3.1", Components: [{ Name: "Podman Engine" }] };
    faulty.faults.set("/version", answer(version));
    expect((await search()).engine).toMatchObject({ name: "Podman", version: "4.3.1" });
  });

  test("takes DOCKER_HOST before everything else", async () => {
    await createContext("other", "unix:///nowhere.sock");
    await useContext("other");
    expect(await search({ DOCKER_HOST: `unix://${faulty.socketPath}` })).toMatchObject({
      engine: { socketPath: faulty.socketPath },
      by: "DOCKER_HOST",
      attempts: [],
    });
  });

  test.each(["tcp://10.0.0.1:2375", "ssh://ann@build", "npipe:////./pipe/docker_engine", "nonsense"])(
    "speaks to sockets of this machine only, not to DOCKER_HOST=%s",
    async (host) => {
      const { engine, attempts } = await search({ DOCKER_HOST: host });
      expect(engine).toBeUndefined();
      expect(attempts).toEqual([
        {
          where: `DOCKER_HOST=${host}`,
          because: "only sockets of this machine (unix://…) are spoken to",
          remedy: "Correct or unset DOCKER_HOST",
        },
      ]);
      expect(noEngine(attempts)).toMatchObject({
        code: "DEXT_CONTAINER_ENGINE_MISSING",
        message: expect.stringContaining(host),
        hint: "Correct or unset DOCKER_HOST.",
      });
    },
  );

  test("follows the Docker context that was chosen", async () => {
    await createContext("colima", `unix://${faulty.socketPath}`);
    await useContext("colima");
    expect(await search()).toMatchObject({
      engine: { socketPath: faulty.socketPath },
      by: 'the Docker context "colima"',
    });
  });

  test("follows DOCKER_CONTEXT before the context that was chosen", async () => {
    await createContext("here", `unix://${faulty.socketPath}`);
    await createContext("there", "ssh://ann@build");
    await useContext("there");
    expect((await search({ DOCKER_CONTEXT: "here" })).by).toBe('the Docker context "here"');
    const { engine, attempts } = await search();
    expect(engine).toBeUndefined();
    expect(attempts[0]?.where).toBe('the Docker context "there" (ssh://ann@build)');
    expect(engineMissing(attempts)).toEqual({
      because: expect.stringContaining("only sockets of this machine"),
      remedy: "Choose another context: docker context use default",
    });
  });

  test("says that a context is not there, and takes none that cannot be read for one", async () => {
    const { attempts } = await search({ DOCKER_CONTEXT: "gone" });
    expect(attempts).toEqual([
      {
        where: 'the Docker context "gone"',
        because: "there is no such context",
        remedy: "Correct or unset DOCKER_CONTEXT",
      },
    ]);
    await mkdir(join(home, ".docker"));
    await writeFile(join(home, ".docker/config.json"), "{ not json");
    expect((await search()).attempts.map(({ where }) => where).join()).not.toContain("context");
    await useContext("default");
    expect((await search()).attempts.map(({ where }) => where).join()).not.toContain("context");
  });

  test("does not wait longer for a socket at which nothing answers than it is told", async () => {
    const path = join(home, "dead.sock");
    const dead = createServer().listen(path);
    await once(dead, "listening");
    try {
      const { attempts } = await search({ DOCKER_HOST: `unix://${path}` });
      expect(attempts[0]?.because).toMatch(/has not answered GET \/version within 300 ms/);
    } finally {
      dead.close();
    }
  });
});
