import { sleep } from "@dext/core";
import type { ProcessEntry, ProcessIdentity } from "../processes/process-entry.ts";
import { isSameProcess } from "../processes/process-entry.ts";
import { readEntry, signalProcess } from "../processes/process-identity.ts";
import { createMarkReader, readTable } from "../processes/process-table.ts";
import type { MarkReader } from "../processes/process-table.ts";

/** What tells the processes of one replica. */
export interface ReplicaProcess {
  runId: string;
  /** The process that the run has started. */
  pid: number;
}

/** Stops whatever a replica consists of until nothing new appears; resolves with what was stopped. */
export async function pauseProcesses(replica: ReplicaProcess): Promise<readonly ProcessIdentity[]> {
  return stopAll(replica);
}

/** Kills whatever a replica consists of. What stands still cannot start others behind our back. */
export async function killProcesses(replica: ReplicaProcess): Promise<void> {
  for (const each of await stopAll(replica)) signalProcess(each, "SIGKILL");
}

/** Lets stopped processes go on. */
export function resumeProcesses(processes: readonly ProcessIdentity[]): void {
  for (const each of processes) signalProcess(each, "SIGCONT");
}

/** So often a look is taken for what was started before everything stood still. */
const lookLimit = 20;
const pause = 2;
/** Milliseconds after which a process that cannot be stopped, as one that waits for a disk, is not waited for. */
const stillLimit = 2_000;

async function stopAll(replica: ReplicaProcess): Promise<readonly ProcessIdentity[]> {
  const leader = readEntry(replica.pid);
  const stopped: ProcessIdentity[] = [];
  if (leader === undefined || leader.isZombie) return stopped;
  for (let look = 0; look < lookLimit; look += 1) {
    const fresh = (await findProcesses(leader, replica)).filter(
      (each) => !stopped.some((other) => isSameProcess(each, other)),
    );
    if (look > 0 && fresh.length === 0) break;
    for (const each of fresh) {
      signalProcess(each, "SIGSTOP");
      stopped.push({ pid: each.pid, startTime: each.startTime });
    }
    await sleep(pause);
  }
  await untilStill(stopped);
  return stopped;
}

/** A busy machine takes its time to hand the signal to a process that waits for a processor. */
async function untilStill(processes: readonly ProcessIdentity[]): Promise<void> {
  const end = performance.now() + stillLimit;
  while (processes.some(isMoving) && performance.now() < end) await sleep(pause);
}

function isMoving(identity: ProcessIdentity): boolean {
  const entry = readEntry(identity.pid);
  return entry !== undefined && isSameProcess(entry, identity) && !entry.isZombie && !entry.isStopped;
}

/** The leader, its group and session, what bears the mark of its start, and the children of all these. */
async function findProcesses(
  leader: ProcessEntry,
  { runId }: ReplicaProcess,
): Promise<readonly ProcessEntry[]> {
  const table = await readTable();
  const current = table.get(leader.pid);
  if (current === undefined || !isSameProcess(current, leader)) return [];
  const readMark = await createMarkReader();
  const start = startOf(leader, readMark);
  const found = new Map<number, ProcessEntry>([[leader.pid, leader]]);
  const isOwn = (entry: ProcessEntry): boolean => {
    if (entry.group === leader.pid || entry.session === leader.pid || found.has(entry.parent)) return true;
    const mark = start === undefined ? undefined : readMark(entry);
    return mark !== undefined && mark !== "unknown" && mark.runId === runId && mark.start === start;
  };
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const entry of table.values())
      if (!entry.isZombie && !found.has(entry.pid) && isOwn(entry)) found.set(entry.pid, entry);
  }
  return [...found.values()];
}

/** Some servers overwrite their environment; then group, session and parents have to do. */
function startOf(leader: ProcessEntry, readMark: MarkReader): number | undefined {
  const mark = readMark(leader);
  return mark === undefined || mark === "unknown" ? undefined : mark.start;
}
