import { Readable } from "node:stream";
import { archiveContext, openBuildContext } from "./build-context.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { readJsonLines } from "./engine-stream.ts";
import { containerError, engineWords } from "./error-codes.ts";
import { isNoSpace, noSpace } from "./images.ts";

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
  labels?: Readonly<Record<string, string>>;
  /** What it is called afterwards. */
  tag: string;
  /** Told every line of the build. */
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Has the engine build an image from a folder.
 *
 * @throws DextError `DEXT_CONTAINER_BUILD_CONTEXT_INVALID`, `DEXT_CONTAINER_BUILD_FAILED`, `DEXT_CONTAINER_NO_SPACE`
 */
export async function buildImage(engine: ContainerEngine, options: BuildImageOptions): Promise<void> {
  const { resource, context: directory, dockerfile, signal, tag, onProgress = () => {} } = options;
  const context = await openBuildContext(directory, {
    resource,
    ...(dockerfile === undefined ? {} : { dockerfile }),
  });
  const archive = Readable.from(archiveContext(context, resource), { objectMode: false });
  let unreadable: unknown;
  archive.once("error", (error) => (unreadable = error));
  const lines = new BuildLines(onProgress);
  let isBuilt = false;
  try {
    const response = await engine.open({
      method: "POST",
      path: "/build",
      query: {
        t: tag,
        dockerfile: context.dockerfile,
        target: options.target,
        buildargs: options.args,
        labels: options.labels,
        rm: true,
        forcerm: true,
      },
      headers: { "Content-Type": "application/x-tar" },
      body: archive,
      timeout: Infinity,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const event of readJsonLines<BuildEvent>(response)) {
      if (event.error !== undefined) throw new Error(event.errorDetail?.message ?? event.error);
      if (event.stream !== undefined) lines.push(event.stream);
      isBuilt ||= event.stream?.startsWith("Successfully ") === true || event.aux?.ID !== undefined;
    }
    if (!isBuilt) throw new Error("the build ended before the image was made");
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable ?? failed(error, { engine, options });
  } finally {
    lines.end();
  }
}

interface BuildEvent {
  stream?: string;
  error?: string;
  errorDetail?: { message?: string };
  aux?: { ID?: string };
}

/** The engine cuts its text anywhere. */
class BuildLines {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.#onLine(line.trimEnd());
  }

  end(): void {
    if (this.#rest.trim() !== "") this.#onLine(this.#rest.trimEnd());
    this.#rest = "";
  }
}

function failed(
  error: unknown,
  { engine, options }: { engine: ContainerEngine; options: BuildImageOptions },
): Error {
  const words = engineWords(error);
  const { resource, context } = options;
  if (isNoSpace(words)) return noSpace(`build the image of "${resource}"`, { engine, words });
  const needsBuildKit = /requires BuildKit|unknown instruction: <<|heredoc/i.test(words);
  return containerError(
    "DEXT_CONTAINER_BUILD_FAILED",
    `The image of "${resource}" could not be built by ${engine.name} from "${context}": ${words}`,
    {
      hint: needsBuildKit
        ? `The engine's API builds without BuildKit. Build it with docker build and add it with addContainer("${resource}", "<image>").`
        : `The log of "${resource}" has the whole build.`,
      cause: error,
      details: { resource, context, engine: words },
    },
  );
}
