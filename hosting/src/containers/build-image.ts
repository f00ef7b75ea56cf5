import { Readable } from "node:stream";
import { archiveContext, openBuildContext } from "./build-context.ts";
import { BuildOutput } from "./build-output.ts";
import type { BuildEvent } from "./build-output.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { imagesOf, needsBuildKit } from "./dockerfile-text.ts";
import type { EngineCall } from "./engine-connection.ts";
import { readJsonLines } from "./engine-stream.ts";
import { containerError, engineWords } from "./error-codes.ts";
import { findImage, isNoSpace, noSpace, pullImage } from "./images.ts";

/** What {@link buildImage} takes. */
export interface BuildImageOptions {
  /** The resource that it is for. */
  resource: string;
  /** The folder that is sent, absolute. */
  context: string;
  /** Relative to the context; `Dockerfile` when absent. */
  dockerfile?: string;
  /** The stage to stop at; the last one when absent. */
  target?: string;
  args?: Readonly<Record<string, string>>;
  /** The network that commands of the build use, such as `host`; that of the engine when absent. */
  network?: string;
  labels?: Readonly<Record<string, string>>;
  /** What it is called afterwards. */
  tag: string;
  /** Told every line of the build. */
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Has the engine build an image from a folder. What only BuildKit understands is built by the engine's own BuildKit.
 *
 * @throws DextError `DEXT_CONTAINER_BUILD_CONTEXT_INVALID`, `DEXT_CONTAINER_BUILD_FAILED`, `DEXT_CONTAINER_NO_SPACE`
 */
export async function buildImage(engine: ContainerEngine, options: BuildImageOptions): Promise<void> {
  const { resource, context: directory, dockerfile, signal, onProgress = () => {} } = options;
  const context = await openBuildContext(directory, {
    resource,
    ...(dockerfile === undefined ? {} : { dockerfile }),
  });
  // Podman builds with Buildah, which understands both.
  const usesBuildKit = engine.name === "Docker" && needsBuildKit(context.dockerfileText);
  if (usesBuildKit) await pullMissing(engine, { text: context.dockerfileText, options });
  const archive = Readable.from(archiveContext(context, resource), { objectMode: false });
  let unreadable: unknown;
  archive.once("error", (error) => (unreadable = error));
  const output = new BuildOutput(onProgress);
  try {
    const response = await engine.open({
      method: "POST",
      path: "/build",
      query: queryOf(options, { dockerfile: context.dockerfile, usesBuildKit }),
      headers: { "Content-Type": "application/x-tar" },
      body: archive,
      timeout: Infinity,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const event of readJsonLines<BuildEvent>(response)) {
      if (event.error !== undefined) throw new Error(event.errorDetail?.message ?? event.error);
      output.push(event);
    }
    if (!output.isBuilt) throw new Error("the build ended before the image was made");
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable ?? failed(error, { engine, options });
  } finally {
    output.end();
  }
}

function queryOf(
  { tag, target, args, labels, network }: BuildImageOptions,
  { dockerfile, usesBuildKit }: { dockerfile: string; usesBuildKit: boolean },
): NonNullable<EngineCall["query"]> {
  return {
    t: tag,
    dockerfile,
    target,
    buildargs: args,
    labels,
    networkmode: network,
    rm: true,
    forcerm: true,
    // 2 is BuildKit. It takes the folder from the request; a session is needed only for what a client lends.
    version: usesBuildKit ? "2" : undefined,
  };
}

/** BuildKit asks the session of a client for the logins of registries, which there is none of here. */
async function pullMissing(
  engine: ContainerEngine,
  { text, options }: { text: string; options: BuildImageOptions },
): Promise<void> {
  const { args = {}, onProgress, signal } = options;
  const given = {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  for (const image of imagesOf(text, args)) {
    if ((await findImage(engine, image, given)) !== undefined) continue;
    // A stage that nobody needs may start from it; otherwise the build says the same.
    await pullImage(engine, image, given).catch(() => signal?.throwIfAborted());
  }
}

function failed(
  error: unknown,
  { engine, options }: { engine: ContainerEngine; options: BuildImageOptions },
): Error {
  const words = engineWords(error);
  const { resource, context } = options;
  if (isNoSpace(words)) return noSpace(`build the image of "${resource}"`, { engine, words });
  const lendsSecrets = /no active sessions?|secret .* not found/i.test(words);
  return containerError(
    "DEXT_CONTAINER_BUILD_FAILED",
    `The image of "${resource}" could not be built by ${engine.name} from "${context}": ${words}`,
    {
      hint: lendsSecrets
        ? `Secrets and keys for a build, and logins of BuildKit, come from a client: build it with docker build and add it with addContainer("${resource}", "<image>").`
        : `The log of "${resource}" has the whole build.`,
      cause: error,
      details: { resource, context, engine: words },
    },
  );
}
