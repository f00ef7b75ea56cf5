import { createHash } from "node:crypto";
import { readlinkSync } from "node:fs";
import type { ProcessIdentity } from "../processes/process-entry.ts";
import { isAlive, readIdentity } from "../processes/process-identity.ts";

/** The labels that everything of ours carries in an engine. */
export const labels = {
  /** The app that it belongs to, see {@link appId}. */
  app: "dev.dext.app",
  /** The run that it ends with; absent on what outlives runs. */
  run: "dev.dext.run",
  resource: "dev.dext.resource",
  ownerPid: "dev.dext.owner-pid",
  ownerStart: "dev.dext.owner-start",
  /** In which space of process numbers, and for which user, the owner's pid means something. */
  ownerSpace: "dev.dext.owner-space",
  /** What a container that outlives runs was made from; another value means that it is out of date. */
  configuration: "dev.dext.configuration",
  /** Of such a container: the port on this machine of each endpoint, as JSON. */
  ports: "dev.dext.ports",
} as const;

/** What names an app in an engine: its name, and a few characters of its folder, so that two checkouts stay apart. */
export function appId({ name, directory }: { name: string; directory: string }): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  const folder = createHash("sha256").update(directory).digest("hex").slice(0, 6);
  return slug === "" ? folder : `${slug}-${folder}`;
}

/** The name of a container: `dext-k3fj2a9x-web`, and `dext-k3fj2a9x-web-1` for one of several replicas. */
export function containerName(
  owner: string,
  { resource, replica, replicas }: { resource: string; replica: number; replicas: number },
): string {
  return `dext-${owner}-${resource}${replicas === 1 ? "" : `-${replica}`}`;
}

/** Labels of what ends with a run. */
export function runLabels(
  runId: string,
  { app, owner }: { app: string; owner: ProcessIdentity },
): Record<string, string> {
  return {
    [labels.app]: app,
    [labels.run]: runId,
    [labels.ownerPid]: String(owner.pid),
    [labels.ownerStart]: owner.startTime,
    [labels.ownerSpace]: processSpace(),
  };
}

/** This process, as the owner of what it starts. */
export function ownIdentity(): ProcessIdentity {
  return readIdentity(process.pid) ?? { pid: process.pid, startTime: "" };
}

/**
 * Whether the AppHost that something belongs to is gone for certain. One whose pid means nothing here, because it runs
 * in a container and shares the engine's socket with us, may well be alive; so may one of another user, whose processes
 * a system can hide.
 */
export function isOwnerGone(marks: Readonly<Record<string, string | undefined>>): boolean {
  const pid = Number(marks[labels.ownerPid]);
  const startTime = marks[labels.ownerStart];
  if (!Number.isInteger(pid) || startTime === undefined || marks[labels.ownerSpace] !== processSpace())
    return false;
  return !isAlive({ pid, startTime });
}

/** `pid:[4026531836] 1000` on Linux. */
function processSpace(): string {
  return `${namespaceOfProcesses()} ${process.getuid?.() ?? ""}`.trim();
}

function namespaceOfProcesses(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "machine";
  }
}
