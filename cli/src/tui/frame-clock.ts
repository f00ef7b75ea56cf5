/** Says when to draw. */
export interface FrameClock {
  /** Something has changed. An urgent change is drawn at once; the frame after it waits the longer. */
  request(options?: { urgent?: boolean }): void;
  stop(): void;
}

/** At most 30 frames a second. */
const interval = 1000 / 30;

/** Calls `draw` once for all changes since the last frame, at most 30 times a second and never within a call. */
export function createFrameClock(
  draw: () => void,
  { now = () => performance.now() }: { now?: () => number } = {},
): FrameClock {
  let timer: NodeJS.Timeout | undefined;
  let isUrgent = false;
  let isStopped = false;
  /** When the next frame may be drawn. */
  let due = 0;

  const fire = (): void => {
    timer = undefined;
    isUrgent = false;
    due = Math.max(due, now()) + interval;
    draw();
  };
  return {
    request({ urgent = false } = {}) {
      if (isStopped || (timer !== undefined && (isUrgent || !urgent))) return;
      clearTimeout(timer);
      const wait = due - now();
      // One frame may be drawn ahead of its time, so that a key does not wait for the next.
      isUrgent = urgent;
      timer = setTimeout(fire, urgent && wait <= interval ? 0 : Math.max(0, wait));
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
