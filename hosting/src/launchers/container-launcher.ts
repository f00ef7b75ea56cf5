import { resolve } from "node:path";
import { describeEngine } from "../containers/container-engine.ts";
import type { ContainerEngine } from "../containers/container-engine.ts";
import { engineMissing, engineOfMachine } from "../containers/find-engine.ts";
import { findImage, whyNotPullable } from "../containers/images.ts";
import { imageName } from "../model/container.ts";
import type { ContainerDescription } from "../model/container.ts";
import type { ContainerPlan, LaunchContext, Launcher, ProbeContext, ProbeResult } from "../model/launcher.ts";
import type { MountModel } from "../model/resource-model.ts";

export type { ContainerDescription, ImageBuild } from "../model/container.ts";

/** A launcher that describes a container. */
export interface ContainerLauncher extends Launcher {
  readonly type: "container";
  readonly container: ContainerDescription;
}

/** What a kind of resource adds to its container. */
export interface ContainerLauncherOptions {
  /** Run once it is healthy and before anybody is told so, for what is to be made in the server. */
  afterHealthy?: (context: LaunchContext, container: Parameters<AfterHealthy>[0]) => Promise<void>;
}

type AfterHealthy = NonNullable<ContainerPlan["afterHealthy"]>;

/** Whether a launcher describes a container. */
export function isContainerLauncher(launcher: Launcher): launcher is ContainerLauncher {
  return launcher.type === "container" && "container" in launcher;
}

/** The same launcher of another container. */
export function withContainer(
  launcher: ContainerLauncher,
  change: (container: ContainerDescription) => ContainerDescription,
): ContainerLauncher {
  return {
    type: launcher.type,
    container: Object.freeze(change(launcher.container)),
    probe: (context) => launcher.probe(context),
    async plan(context) {
      const plan = await launcher.plan(context);
      return plan.type === "container" ? { ...plan, container: change(plan.container) } : plan;
    },
  };
}

/**
 * A resource as a container.
 *
 * It works when an engine answers and the image is there, is built, or can be pulled. Nothing is pulled to find that
 * out: where the resource can be had in other ways too, the registry is asked whether it has the image.
 */
export function containerLauncher(
  container: ContainerDescription,
  { afterHealthy }: ContainerLauncherOptions = {},
): ContainerLauncher {
  return {
    type: "container",
    container: Object.freeze({ ...container }),
    async probe(context) {
      if (context.resource.initFiles !== undefined && container.initPath === undefined) {
        return {
          works: false,
          because: `Dext cannot fill a container of ${imageName(container)} from files`,
          remedy: "Leave withInitFiles out",
        };
      }
      const { engine, attempts } = await engineOfMachine({ signal: context.signal });
      if (engine === undefined) return { works: false, ...engineMissing(attempts) };
      return container.build === undefined
        ? probeImage(engine, { image: imageName(container), context })
        : {
            works: true,
            because: `${describeEngine(engine)} and builds the image from ${container.build.context}`,
          };
    },
    plan: (context) =>
      Promise.resolve({
        type: "container",
        container,
        mounts: mountsOf(context, container),
        ...(afterHealthy === undefined ? {} : { afterHealthy: (running) => afterHealthy(context, running) }),
      } satisfies ContainerPlan),
  };
}

async function probeImage(
  engine: ContainerEngine,
  { image, context }: { image: string; context: ProbeContext },
): Promise<ProbeResult> {
  const { signal, resource } = context;
  try {
    if ((await findImage(engine, image, { signal })) !== undefined) {
      return { works: true, because: `${describeEngine(engine)} and has ${image}` };
    }
    // Where there is no other way, the pull itself gives the better error.
    const reason =
      resource.launchers.length === 1 ? undefined : await whyNotPullable(engine, image, { signal });
    if (reason === undefined)
      return { works: true, because: `${describeEngine(engine)}; ${image} would be pulled` };
    return {
      works: false,
      because: `${describeEngine(engine)}, but has no ${image} and cannot pull it: ${reason}`,
      remedy: `Make ${image} available to ${engine.name}: docker pull ${image} or docker load`,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { works: false, because: (error as Error).message, remedy: "Start the container engine again" };
  }
}

function mountsOf(
  { resource, directory }: Pick<LaunchContext, "resource" | "directory">,
  { dataPath, initPath }: ContainerDescription,
): readonly MountModel[] {
  const { dataVolume, initFiles } = resource;
  return [
    ...resource.mounts.map((mount) =>
      mount.type === "bind" ? { ...mount, source: resolve(directory, mount.source) } : mount,
    ),
    ...(dataVolume === undefined || dataPath === undefined
      ? []
      : [{ type: "volume", source: dataVolume.name, target: dataPath, readOnly: false } as const]),
    ...(initFiles === undefined || initPath === undefined
      ? []
      : [initMount(resolve(directory, initFiles), initPath)]),
  ];
}

/** A file goes into the folder that the image looks through, a folder takes its place. */
function initMount(source: string, initPath: string): MountModel {
  const name = /\.[^./\\]+$/.test(source) ? /[^/\\]+$/.exec(source)?.[0] : undefined;
  return {
    type: "bind",
    source,
    target: name === undefined ? initPath : `${initPath}/${name}`,
    readOnly: true,
  };
}
