import { Buffer } from "node:buffer";
import { formatDuration, systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import type { ContainerEngine } from "./container-engine.ts";
import { readJsonLines } from "./engine-stream.ts";
import { containerError, engineWords, isRefusal } from "./error-codes.ts";
import { PullProgress, QuietWatch } from "./pull-progress.ts";
import type { PullEvent } from "./pull-progress.ts";
import { registryCredentials } from "./registry-credentials.ts";

/** An image that is on this machine. */
export interface LocalImage {
  /** `sha256:…`. */
  readonly id: string;
}

/** The image of that name, or `undefined` when it is not on this machine. */
export async function findImage(
  engine: ContainerEngine,
  image: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<LocalImage | undefined> {
  try {
    const { Id } = await engine.json<{ Id: string }>({
      path: `/images/${encodeImage(image)}/json`,
      ...(signal === undefined ? {} : { signal }),
    });
    return { id: Id };
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** So long a registry may take to say whether it has an image, in milliseconds. */
const registryTimeout = 5000;

/** Why an image cannot be pulled, asked of its registry without pulling it; `undefined` when nothing speaks against it. */
export async function whyNotPullable(
  engine: ContainerEngine,
  image: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<string | undefined> {
  // Podman does not offer this question.
  if (engine.name === "Podman") return undefined;
  try {
    const headers = await authHeaders(image);
    await engine.json({
      path: `/distribution/${encodeImage(image)}/json`,
      headers,
      timeout: registryTimeout,
      ...(signal === undefined ? {} : { signal }),
    });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return isRefusal(error, 400, 401, 403, 404, 500, 502, 503)
      ? engineWords(error)
      : `its registry did not answer within ${formatDuration(registryTimeout)}`;
  }
}

/** What {@link pullImage} takes. */
export interface PullImageOptions {
  /** Told every two seconds how far it is, and from time to time that nothing comes. */
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
  clock?: Clock;
}

const progressInterval = 2000;

/**
 * Has the engine fetch an image from its registry.
 *
 * @throws DextError `DEXT_CONTAINER_IMAGE_UNAVAILABLE`, `DEXT_CONTAINER_NO_SPACE`
 */
export async function pullImage(
  engine: ContainerEngine,
  image: string,
  { onProgress = () => {}, signal, clock = systemClock }: PullImageOptions = {},
): Promise<void> {
  const begin = clock.monotonic();
  const progress = new PullProgress();
  let toldAt = begin;
  onProgress(`pulling ${image}`);
  const watch = new QuietWatch(clock, (quiet) =>
    onProgress(`pulling ${image}: ${progress.text}; nothing has come for ${formatDuration(quiet)}`),
  );
  try {
    const response = await engine.open({
      method: "POST",
      path: "/images/create",
      query: splitTag(image),
      headers: await authHeaders(image),
      timeout: Infinity,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const event of readJsonLines<PullEvent>(response)) {
      if (event.error !== undefined) throw new Error(event.errorDetail?.message ?? event.error);
      progress.add(event);
      watch.hear();
      if (clock.monotonic() - toldAt < progressInterval) continue;
      toldAt = clock.monotonic();
      onProgress(`pulling ${image}: ${progress.text}`);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw cannotPull(image, { engine, error });
  } finally {
    watch.close();
  }
  signal?.throwIfAborted();
  // An answer that was cut off looks like one that has ended.
  if ((await findImage(engine, image)) === undefined) {
    throw cannotPull(image, { engine, error: new Error("the pull ended before the image was there") });
  }
  onProgress(`pulled ${image} in ${formatDuration(Math.round(clock.monotonic() - begin))}`);
}

function cannotPull(image: string, { engine, error }: { engine: ContainerEngine; error: unknown }): Error {
  const words = engineWords(error);
  if (isNoSpace(words)) return noSpace(`pull ${image}`, { engine, words });
  return containerError(
    "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
    `The image ${image} is not on this machine and cannot be pulled by ${engine.name}: ${words}`,
    {
      hint: hintFor(image, words),
      cause: error,
      details: { image, engine: words, socket: engine.socketPath },
    },
  );
}

function hintFor(image: string, words: string): string {
  if (/denied|unauthorized|authentication required|basic auth credentials/i.test(words)) {
    return `Check the name for mistakes; if it is private, log in first: docker login ${registryOf(image)}.`;
  }
  if (/not found|manifest unknown|no such/i.test(words) && !/lookup|dial/i.test(words)) {
    return "Check the image's name and tag for mistakes.";
  }
  if (/verification failed|digest/i.test(words)) {
    return "What the registry gave is not what the image's digest says: try again, and look at mirrors and proxies in between.";
  }
  return "Check the network of this machine and the engine's proxy settings, or load the image by hand: docker load.";
}

/** Whether the engine complains of a full disk. */
export function isNoSpace(words: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(words);
}

/** The error for an engine with a full disk. */
export function noSpace(what: string, { engine, words }: { engine: ContainerEngine; words: string }): Error {
  return containerError(
    "DEXT_CONTAINER_NO_SPACE",
    `${engine.name} has no disk space left to ${what}: ${words}`,
    {
      hint: "Make room, for example with docker system prune.",
      details: { engine: words, socket: engine.socketPath },
    },
  );
}

/** `localhost:5000/store:2` → the name and the tag; a digest is a tag to the engine. */
function splitTag(image: string): { fromImage: string; tag: string } {
  const at = image.indexOf("@");
  if (at !== -1) return { fromImage: image.slice(0, at).replace(/:[^/:]*$/, ""), tag: image.slice(at + 1) };
  const colon = image.lastIndexOf(":");
  return colon > image.lastIndexOf("/")
    ? { fromImage: image.slice(0, colon), tag: image.slice(colon + 1) }
    : { fromImage: image, tag: "latest" };
}

/** The registry in an image's name; Docker Hub when there is none. */
function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "docker.io";
}

async function authHeaders(image: string): Promise<Record<string, string>> {
  const credentials = await registryCredentials(registryOf(image));
  if (credentials === undefined) return {};
  // With padding, which Node leaves out of base64url: Docker 20.10 takes a login without it for none.
  const text = Buffer.from(JSON.stringify(credentials)).toString("base64");
  return { "X-Registry-Auth": text.replaceAll("+", "-").replaceAll("/", "_") };
}

/** The slashes of a name are part of the path. */
function encodeImage(image: string): string {
  return image.split("/").map(encodeURIComponent).join("/");
}
