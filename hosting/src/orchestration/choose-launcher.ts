import type { LauncherAttempt } from "@dext/protocol";
import { hostingError } from "../hosting-error.ts";
import type { Launcher, LauncherType, ProbeContext } from "../model/launcher.ts";
import type { ResourceModel } from "../model/resource-model.ts";

/** What was found when the ways to have a resource were tried. */
export interface LauncherChoice {
  /** The first that works; absent when none does. */
  readonly launcher?: Launcher;
  readonly because?: string;
  readonly attempts: readonly LauncherAttempt[];
}

/** Tries the launchers of a resource in order: `withLauncher`, else `DEXT_LAUNCH`, else the kind's own order. */
export async function chooseLauncher(context: ProbeContext): Promise<LauncherChoice> {
  const attempts: LauncherAttempt[] = [];
  for (const launcher of inOrder(context.resource)) {
    const { works, because, remedy } = await launcher.probe(context);
    attempts.push({ launcher: launcher.type, because, ...(remedy === undefined ? {} : { remedy }) });
    if (works) return { launcher, because, attempts };
  }
  return { attempts };
}

/** The error for a resource that cannot be had at all. */
export function noLauncher(resource: ResourceModel, attempts: readonly LauncherAttempt[]): Error {
  const tried = attempts.map(({ launcher, because }) => `${launcher}: ${because}`).join("; ");
  const remedies = attempts.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  return hostingError(
    "DEXT_RUN_NO_LAUNCHER",
    `"${resource.name}" (${resource.kind}) cannot be had on this machine: ${tried}`,
    {
      hint: remedies.length === 0 ? "Choose another way with .withLauncher(…)." : remedies.join(" Or: "),
      details: { resource: resource.name, attempts },
    },
  );
}

function inOrder(resource: ResourceModel): readonly Launcher[] {
  const order = resource.launcherOrder ?? orderOfMachine(resource);
  if (order === undefined) return resource.launchers;
  return order.flatMap((type) => resource.launchers.filter((launcher) => launcher.type === type));
}

/** `DEXT_LAUNCH=process,embedded` is for kinds that have a choice; the others keep the one way that they have. */
function orderOfMachine(resource: ResourceModel): readonly LauncherType[] | undefined {
  const wanted = process.env["DEXT_LAUNCH"]?.split(",").map((type) => type.trim());
  if (wanted === undefined || resource.launchers.length < 2) return undefined;
  const order = resource.launchers.map(({ type }) => type).filter((type) => wanted.includes(type));
  return order.toSorted((a, b) => wanted.indexOf(a) - wanted.indexOf(b));
}
