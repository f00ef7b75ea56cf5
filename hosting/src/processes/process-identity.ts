import { existsSync } from "node:fs";
import { basename } from "node:path";

import { readProcArguments, readProcEntry } from "./proc-table.ts";
import type { ProcessEntry, ProcessIdentity } from "./process-entry.ts";
import { isSameProcess } from "./process-entry.ts";
import { readPsArguments, readPsEntry } from "./ps-table.ts";

/** Whether this system tells about its processes through `/proc`. */
export const hasProc: boolean = existsSync("/proc/self/stat");

/** One process as the system sees it now; undefined when there is none with this pid. */
export function readEntry(pid: number): ProcessEntry | undefined {
  if (hasProc) return readProcEntry(pid);
  return exists(pid) ? readPsEntry(pid) : undefined;
}

/** The identity of the process that has this pid now. */
export function readIdentity(pid: number): ProcessIdentity | undefined {
  const entry = readEntry(pid);
  return entry && { pid: entry.pid, startTime: entry.startTime };
}

/**
 * Whether this very process still runs; one that merely has its pid, or has ended and was not waited for, does not count.
 *
 * @throws when the system cannot tell, as with too many open files: that must not pass for an end
 */
export function isAlive(identity: ProcessIdentity): boolean {
  const entry = readEntry(identity.pid);
  return entry !== undefined && !entry.isZombie && isSameProcess(entry, identity);
}

/**
 * Sends a signal to this very process, never to another one that got its pid.
 *
 * Returns whether it was sent: not when the process is gone or belongs to another user.
 */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  const entry = tryReadEntry(identity.pid);
  return (
    entry !== undefined && !entry.isZombie && isSameProcess(entry, identity) && send(identity.pid, signal)
  );
}

/**
 * Sends a signal to the group that this process leads.
 *
 * Only while the leader's pid is still its own, if only as a zombie: from then on the number can become another
 * group's. What an ended leader left is signalled one by one.
 */
export function signalGroup(leader: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return groupOf(leader) === leader.pid && send(-leader.pid, signal);
}

/** The group in which this very process stands; undefined when it is gone. */
export function groupOf(identity: ProcessIdentity): number | undefined {
  const entry = tryReadEntry(identity.pid);
  return entry !== undefined && isSameProcess(entry, identity) ? entry.group : undefined;
}

/** A short name to show, `node server.js`; without further arguments, since these may hold secrets. */
export function nameProcess({ pid }: ProcessIdentity): string {
  const [command, first] = readArguments(pid);
  if (command === undefined) return `process ${pid}`;
  const program = basename(command.trim());
  return first === undefined || first.startsWith("-") ? program : `${program} ${basename(first)}`;
}

function readArguments(pid: number): string[] {
  try {
    return hasProc ? readProcArguments(pid) : readPsArguments(pid);
  } catch {
    return [];
  }
}

/** Who cannot be told apart from others is not signalled. */
function tryReadEntry(pid: number): ProcessEntry | undefined {
  try {
    return readEntry(pid);
  } catch {
    return undefined;
  }
}

/** Much cheaper than to start ps. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}

function send(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}
