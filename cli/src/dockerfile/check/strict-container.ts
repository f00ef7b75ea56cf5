import type { Buffer } from "node:buffer";
import { isDextError, sleep } from "@dext/core";
import { FrameReader, inspectContainer, isRefusal, readTar } from "@dext/hosting/containers";
import type { ContainerDetails, ContainerEngine, TarHeader } from "@dext/hosting/containers";

/** What an engine says of an image, as far as it is of use here. */
export interface ImageDetails {
  readonly Id: string;
  readonly Size: number;
  readonly Config: {
    readonly User?: string;
    readonly WorkingDir?: string;
    readonly StopSignal?: string;
    readonly Healthcheck?: HealthCheck | null;
  };
}

interface HealthCheck {
  /** `["CMD", …]`, `["CMD-SHELL", …]`, `["NONE"]`. */
  readonly Test?: readonly string[] | null;
  /** Nanoseconds, as all times here. */
  readonly Timeout?: number;
}

/** The image of that name; `undefined` when there is none. */
export async function inspectImage(
  engine: ContainerEngine,
  image: string,
): Promise<ImageDetails | undefined> {
  try {
    const details = await engine.json<ImageDetails>({ path: `/images/${image}/json` });
    if (engine.name !== "Podman" || details.Config.Healthcheck !== undefined) return details;
    // Podman 4 tells of a health check by its own interface only.
    const { Healthcheck } = await engine.json<ImageDetails["Config"]>({
      path: `/libpod/images/${image}/json`,
    });
    return {
      ...details,
      Config: { ...details.Config, ...(Healthcheck === undefined ? {} : { Healthcheck }) },
    };
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** Whether the engine would not do what it was asked for, such as to run an image without a command. */
export function isRefused(error: unknown): boolean {
  return isDextError(error) && error.code === "DEXT_CONTAINER_ENGINE_REFUSED";
}

/** What {@link createStrictContainer} takes. */
export interface StrictContainerOptions {
  name: string;
  image: string;
  details: ImageDetails;
  labels: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  network: string;
  signal: AbortSignal;
}

/** Between two looks of the engine at the health, in milliseconds. */
const healthInterval = 300;
/** So long a program may take to become healthy, in milliseconds. */
export const healthLimit = 60_000;
const nanoseconds = 1_000_000;

/** Makes a container as a strict platform would: nothing to write to, no capability, no way to gain one. */
export async function createStrictContainer(
  engine: ContainerEngine,
  { name, image, details, labels, environment, network, signal }: StrictContainerOptions,
): Promise<StrictContainer> {
  const { Healthcheck: health } = details.Config;
  const { Id } = await engine.json<{ Id: string }>({
    method: "POST",
    path: "/containers/create",
    query: { name },
    json: {
      Image: image,
      Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      Labels: labels,
      ...(hasHealthCheck(details) ? { Healthcheck: { ...health, ...quickHealth } } : {}),
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        NetworkMode: network,
        RestartPolicy: { Name: "no" },
      },
    },
    timeout: Infinity,
  });
  return new StrictContainer(engine, { id: Id, signal });
}

/** The engine asks again and again until the limit, whatever the image says of times. */
const quickHealth = {
  Interval: healthInterval * nanoseconds,
  StartPeriod: healthLimit * nanoseconds,
  StartInterval: healthInterval * nanoseconds,
};

/** Whether the image says how its health is asked. */
export function hasHealthCheck({ Config: { Healthcheck } }: ImageDetails): boolean {
  const [kind = "NONE"] = Healthcheck?.Test ?? [];
  return kind !== "NONE";
}

/** How a stop ended. */
export interface Stop {
  readonly exitCode: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** A container that is looked at. */
export class StrictContainer {
  readonly #engine: ContainerEngine;
  readonly #id: string;
  readonly #signal: AbortSignal;

  constructor(engine: ContainerEngine, { id, signal }: { id: string; signal: AbortSignal }) {
    this.#engine = engine;
    this.#id = id;
    this.#signal = signal;
  }

  /** Everything in it, without ever holding it. */
  async *files({ wants }: { wants: (header: TarHeader) => boolean }): AsyncGenerator<TarHeader> {
    const response = await this.#engine.open({
      path: `/containers/${this.#id}/export`,
      timeout: Infinity,
      signal: this.#signal,
    });
    try {
      yield* readTar(response as AsyncIterable<Buffer>, { wants });
    } finally {
      response.destroy();
    }
  }

  /** @throws DextError `DEXT_CONTAINER_ENGINE_REFUSED` when there is nothing in it that could be started */
  async start(): Promise<void> {
    await this.#engine.json({
      method: "POST",
      path: `/containers/${this.#id}/start`,
      timeout: Infinity,
      signal: this.#signal,
    });
  }

  /**
   * Looks again and again until something is so, at most so many milliseconds, and gives the last look; `isAsked` says
   * that the image has a health check.
   */
  async watch(
    isOver: (state: ContainerDetails["State"]) => boolean,
    { limit, isAsked = false }: { limit: number; isAsked?: boolean },
  ): Promise<ContainerDetails["State"]> {
    const begin = performance.now();
    for (;;) {
      if (isAsked) await this.#askHealth();
      const state = await this.state();
      if (isOver(state) || performance.now() - begin > limit) return state;
      await sleep(50, { signal: this.#signal });
    }
  }

  /** Has the health asked now: Podman leaves that to timers of systemd, which not every machine has. */
  async #askHealth(): Promise<void> {
    if (this.#engine.name !== "Podman") return;
    const path = `/libpod/containers/${this.#id}/healthcheck`;
    // A program that has ended cannot be asked; the next look says so.
    await this.#engine.json({ path, signal: this.#signal }).catch(() => this.#signal.throwIfAborted());
  }

  async state(): Promise<ContainerDetails["State"]> {
    this.#signal.throwIfAborted();
    const details = await inspectContainer(this.#engine, this.#id);
    if (details === undefined) throw new Error("the container was removed by somebody else");
    return details.State;
  }

  /** Sends the stop signal of the image and waits for the end; after so many milliseconds the engine kills it. */
  async stop({ killAfter }: { killAfter: number }): Promise<Stop> {
    const begin = performance.now();
    const begun = Date.now();
    await this.#engine.json({
      method: "POST",
      path: `/containers/${this.#id}/stop`,
      query: { t: String(Math.ceil(killAfter / 1000)) },
      timeout: Infinity,
      signal: this.#signal,
    });
    const answered = performance.now() - begin;
    const state = (await this.state()) as ContainerDetails["State"] & { FinishedAt?: string };
    // The engine answers when it has put everything away; on this machine its clock tells when the program ended.
    const finished = Date.parse(state.FinishedAt ?? "") - begun;
    const isTold = finished >= 0 && finished < answered && !(await this.#engine.isRemote());
    return { exitCode: state.ExitCode, duration: isTold ? finished : answered };
  }

  /** The last lines of its output. */
  async lastLines(count: number): Promise<readonly string[]> {
    const response = await this.#engine.open({
      path: `/containers/${this.#id}/logs`,
      query: { stdout: true, stderr: true, tail: String(count) },
      signal: this.#signal,
    });
    const frames = new FrameReader();
    let text = "";
    for await (const bytes of response) {
      for (const { chunk } of frames.push(bytes as Buffer)) text += chunk.toString("utf8");
    }
    return text
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .slice(-count);
  }
}
