import { resolve } from "node:path";
import type { Clock } from "@dext/core";
import type { LogSink } from "../logs/log-sink.ts";
import { imageName } from "../model/container.ts";
import type { ContainerDescription } from "../model/container.ts";
import { buildImage } from "./build-image.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { findImage, pullImage } from "./images.ts";
import { labels } from "./labels.ts";
import { raceAbort } from "./race-abort.ts";

/** What {@link ImageStore} takes. */
export interface ImageStoreOptions {
  engine: ContainerEngine;
  app: string;
  /** The AppHost's folder. */
  directory: string;
  /** Ends what is still pulled or built. */
  signal: AbortSignal;
  clock: Clock;
}

/** For whom an image is wanted. */
export interface ImageWish {
  resource: string;
  sink: LogSink;
  /** Ends the waiting; what others wait for too goes on. */
  signal: AbortSignal;
}

/** Has images pulled and built, each once at a time however many containers want it. */
export class ImageStore {
  readonly #options: ImageStoreOptions;
  readonly #underWay: Map<string, Promise<void>> = new Map();

  constructor(options: ImageStoreOptions) {
    this.#options = options;
  }

  /** Gives the name of the image once it is there. */
  async ensure(container: ContainerDescription, wish: ImageWish): Promise<string> {
    const { app, engine } = this.#options;
    const name = container.build === undefined ? imageName(container) : `dext/${app}/${wish.resource}:latest`;
    const isBuilt = container.build !== undefined;
    if (!isBuilt && !this.#underWay.has(name)) {
      const found = await findImage(engine, name, { signal: wish.signal });
      if (found !== undefined) return name;
    }
    const known = this.#underWay.get(name);
    if (known !== undefined) wish.sink.system(`waiting for the image ${name}`);
    const work = known ?? this.#fetch(name, { container, wish });
    this.#underWay.set(name, work);
    await raceAbort(work, wish.signal);
    return name;
  }

  async #fetch(
    name: string,
    { container, wish }: { container: ContainerDescription; wish: ImageWish },
  ): Promise<void> {
    const { engine, app, directory, signal, clock } = this.#options;
    const { build } = container;
    const onProgress = (text: string): void => wish.sink.system(text);
    try {
      if (build === undefined) await pullImage(engine, name, { onProgress, signal, clock });
      else {
        await buildImage(engine, {
          resource: wish.resource,
          context: resolve(directory, build.context),
          tag: name,
          labels: { [labels.app]: app, [labels.resource]: wish.resource },
          onProgress,
          signal,
          ...(build.dockerfile === undefined ? {} : { dockerfile: build.dockerfile }),
          ...(build.target === undefined ? {} : { target: build.target }),
          ...(build.args === undefined ? {} : { args: build.args }),
          ...(build.network === undefined ? {} : { network: build.network }),
        });
      }
    } finally {
      this.#underWay.delete(name);
    }
  }
}
