import { stat } from "node:fs/promises";
import type { Clock } from "@dext/core";
import type { LogSink } from "../logs/log-sink.ts";
import type { ContainerEngine } from "./container-engine.ts";
import type { ContainerEvents } from "./container-events.ts";
import { configurationHash, containerRequest } from "./container-request.ts";
import type { ContainerRequestOptions } from "./container-request.ts";
import { inspectContainer, removeContainer } from "./container-state.ts";
import type { ContainerDetails } from "./container-state.ts";
import { containerError, engineWords, isRefusal } from "./error-codes.ts";
import { isMissing, whyNotSeen } from "./file-failures.ts";
import { findImage, isNoSpace, noSpace } from "./images.ts";
import { labels } from "./labels.ts";
import { superviseContainer } from "./supervised-container.ts";
import type { SupervisedContainer } from "./supervised-container.ts";

/** What {@link startContainer} takes. The image is on the machine. */
export interface StartContainerOptions {
  engine: ContainerEngine;
  /** The resource that it is, for errors. */
  resource: string;
  /** As `docker ps` shows it; a container of that name that is there is replaced. */
  name: string;
  request: ContainerRequestOptions;
  sink: LogSink;
  events: ContainerEvents;
  /** The engine's networks are those of this machine. */
  isLocal: boolean;
  /** Aborted: what was made is removed again. */
  signal: AbortSignal;
  /** It outlives the run: one that is there and was made from the same is taken up. */
  persistent?: {
    /** The network of the run, which it joins for as long as the run lasts. */
    runNetwork: string;
  };
  clock?: Clock;
}

/**
 * Makes a container, starts it and follows it.
 *
 * @throws DextError `DEXT_CONTAINER_START_FAILED`, `_PORT_TAKEN`, `_MOUNT_MISSING`, `_IMAGE_UNAVAILABLE`, `_NO_SPACE`, `_ENGINE_…`
 */
export async function startContainer(options: StartContainerOptions): Promise<SupervisedContainer> {
  await checkMounts(options);
  options.signal.throwIfAborted();
  return options.persistent === undefined ? startForRun(options) : takeUp(options, options.persistent);
}

async function startForRun(options: StartContainerOptions): Promise<SupervisedContainer> {
  const { engine, name, request } = options;
  const id = await create(name, { options, request });
  await start(id, options);
  return follow(options, { details: await inspectExisting(engine, { id, options }) });
}

/** Takes up the container of an earlier run when it was made from the same, else replaces it. */
async function takeUp(
  options: StartContainerOptions,
  { runNetwork }: { runNetwork: string },
): Promise<SupervisedContainer> {
  const { engine, name, request, signal, sink } = options;
  const imageId = (await findImage(engine, request.image))?.id ?? "";
  const hash = configurationHash(request, { imageId });
  const marked = { ...request, labels: { ...request.labels, [labels.configuration]: hash } };
  const existing = await inspectContainer(engine, name);
  const isSame = existing?.Config.Labels?.[labels.configuration] === hash;
  const isRunning = isSame && existing?.State.Running;
  // What it said in earlier runs is in their logs.
  const since = isSame ? Date.now() : undefined;
  let id = existing?.Id;
  if (existing !== undefined && !isSame) {
    sink.system(`what ${name} is made from has changed: it is made anew`);
    await removeContainer(engine, existing.Id);
    id = undefined;
  }
  id ??= await create(name, { options, request: marked });
  if (!isRunning) await start(id, options);
  else sink.system(`${name} is running already and is taken up`);
  await join(id, { options, runNetwork });
  const details = await inspectExisting(engine, { id, options });
  const followed = follow(options, {
    details,
    detach: () => leave(id, { engine, runNetwork }),
    ...(since === undefined ? {} : { since }),
  });
  if (signal.aborted) await followed.stop({ timeout: 0 });
  signal.throwIfAborted();
  return followed;
}

async function create(
  name: string,
  { options, request }: { options: StartContainerOptions; request: ContainerRequestOptions },
): Promise<string> {
  const { engine } = options;
  const ask = (): Promise<{ Id: string }> =>
    engine.json({
      method: "POST",
      path: "/containers/create",
      query: { name },
      json: containerRequest(request),
      timeout: Infinity,
    });
  try {
    try {
      return (await ask()).Id;
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
      // Left by an earlier start: whoever made it is gone, or it would not be made again.
      await removeContainer(engine, name);
      return (await ask()).Id;
    }
  } catch (error) {
    throw explain(error, { options, what: "made" });
  }
}

async function start(id: string, options: StartContainerOptions): Promise<void> {
  const { engine, signal } = options;
  try {
    signal.throwIfAborted();
    await engine.json({ method: "POST", path: `/containers/${id}/start`, timeout: Infinity });
    signal.throwIfAborted();
  } catch (error) {
    await removeContainer(engine, id).catch(() => undefined);
    signal.throwIfAborted();
    throw explain(error, { options, what: "started" });
  }
}

async function inspectExisting(
  engine: ContainerEngine,
  { id, options }: { id: string; options: StartContainerOptions },
): Promise<ContainerDetails> {
  const details = await inspectContainer(engine, id);
  if (details !== undefined) return details;
  throw explain(new Error("it was removed by somebody else"), { options, what: "started" });
}

function follow(
  { engine, sink, events, clock, request, isLocal }: StartContainerOptions,
  rest: { details: ContainerDetails; detach?: () => Promise<void>; since?: number },
): SupervisedContainer {
  return superviseContainer({
    engine,
    sink,
    events,
    ports: request.ports,
    ...(isLocal ? { localNetwork: request.network } : {}),
    ...rest,
    ...(clock === undefined ? {} : { clock }),
  });
}

async function join(
  id: string,
  { options, runNetwork }: { options: StartContainerOptions; runNetwork: string },
): Promise<void> {
  const { engine, request } = options;
  const response = await engine.open({
    method: "POST",
    path: `/networks/${runNetwork}/connect`,
    json: { Container: id, EndpointConfig: { Aliases: request.aliases } },
  });
  // Podman says OK, which is no JSON.
  response.resume();
}

async function leave(
  id: string,
  { engine, runNetwork }: { engine: ContainerEngine; runNetwork: string },
): Promise<void> {
  await engine
    .json({
      method: "POST",
      path: `/networks/${runNetwork}/disconnect`,
      json: { Container: id, Force: true },
    })
    .catch((error: unknown) => {
      // It is gone, or is not in that network any more.
      if (!isRefusal(error, 404, 403, 500)) throw error;
    });
}

async function checkMounts({ resource, request }: StartContainerOptions): Promise<void> {
  for (const { type, source, target } of request.mounts) {
    if (type !== "bind") continue;
    try {
      await stat(source);
    } catch (error) {
      // The engine may look where this user may not.
      if (!isMissing(error)) continue;
      throw containerError(
        "DEXT_CONTAINER_MOUNT_MISSING",
        `"${resource}" is to be given "${source}" at ${target}, and it ${whyNotSeen(error)}`,
        {
          hint: "A relative path starts at the AppHost's folder.",
          cause: error,
          details: { resource, source, target },
        },
      );
    }
  }
}

/** What an engine's words mean for the person who wrote the AppHost. */
function explain(
  error: unknown,
  { options, what }: { options: StartContainerOptions; what: "made" | "started" },
): Error {
  const { engine, resource, request } = options;
  const words = engineWords(error);
  // Docker: "Bind for 127.0.0.1:5432 failed: port is already allocated",
  // "listen tcp4 127.0.0.1:5432: bind: address already in use"; Podman: "rootlessport listen tcp 127.0.0.1:5432: …".
  const port = /127\.0\.0\.1:(\d+)(?=.*(?:already allocated|already in use))/.exec(words)?.[1];
  if (port !== undefined) {
    return containerError(
      "DEXT_CONTAINER_PORT_TAKEN",
      `The container of "${resource}" could not be started by ${engine.name}: port ${port} of this machine is taken (${words})`,
      {
        hint: "Give the endpoint another port, or none for a free one; docker ps and ss -ltnp show who has it.",
        cause: error,
        details: { resource, port: Number(port), engine: words },
      },
    );
  }
  if (isNoSpace(words)) return noSpace(`start "${resource}"`, { engine, words });
  if (isRefusal(error, 404) && /no such image/i.test(words)) {
    return containerError(
      "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
      `The image ${request.image} of "${resource}" was removed from ${engine.name}: ${words}`,
      { hint: "Start it again to have it pulled.", cause: error, details: { resource, engine: words } },
    );
  }
  if (!isRefusal(error, 400, 403, 404, 409, 500)) return error as Error;
  return containerError(
    "DEXT_CONTAINER_START_FAILED",
    `The container of "${resource}" (${request.image}) could not be ${what} by ${engine.name}: ${words}`,
    {
      hint: /executable file not found|no such file or directory|permission denied/i.test(words)
        ? "Check the entrypoint and the arguments against what the image has."
        : "Check the image and what the AppHost says of it.",
      cause: error,
      details: { resource, image: request.image, engine: words },
    },
  );
}
