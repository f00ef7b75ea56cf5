import { isDextError } from "@dext/core";
import type { ConnectedRun } from "../control/connect-run.ts";
import type { LogFrameSource } from "../control/log-frames.ts";
import type { RunInfo } from "@dext/protocol";
import type { RunTracker } from "./run-tracker.ts";
import type { RunView } from "./run-view.ts";

/** What {@link attachRun} takes. */
export interface AttachRunOptions {
  client: ConnectedRun;
  info: RunInfo;
  view: RunView;
  tracker: RunTracker;
  /** When the command began, on the monotonic clock. */
  begunAt: number;
}

/** Shows a run until it ends, however it ends. */
export async function attachRun({ client, info, view, tracker, begunAt }: AttachRunOptions): Promise<void> {
  const { resources } = await client.snapshot();
  view.attached(info, resources);
  await Promise.all([
    untilRunGone(async () => {
      let settled = false;
      for await (const event of client.events()) {
        tracker.apply(event);
        view.event(event, tracker);
        if (settled || !tracker.isSettled()) continue;
        settled = true;
        view.settled(tracker, { duration: performance.now() - begunAt });
      }
    }),
    untilRunGone(() => showLines(client, view)),
  ]);
}

async function showLines(client: LogFrameSource, view: RunView): Promise<void> {
  if (view.lines === undefined) return;
  for await (const frame of client.logFrames({ follow: true })) {
    const ready = view.lines(frame);
    if (ready !== undefined) await ready;
  }
}

/** That the AppHost goes away is the end of a run too; how it went is told by its exit. */
export async function untilRunGone(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whether what failed did because the AppHost went away. */
export function isGone(error: unknown): boolean {
  return isDextError(error) && goneCodes.has(error.code);
}

const goneCodes = new Set(["DEXT_CONTROL_UNREACHABLE", "DEXT_CONTROL_CONNECTION_LOST"]);
