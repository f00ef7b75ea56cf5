/** Where whoever ends the process finds a function that sends what has to be sent before. */
const registry = Symbol.for("dext.telemetry.flush");
/** How long the natural end of a program may wait for its telemetry, in milliseconds. */
const longestGoodbye = 500;

type Flush = () => Promise<void>;

/** What is sent when, at the end of the process. */
export interface FlushOptions {
  /** Sends everything that there is. */
  readonly flush: Flush;
  /** Sends what can be sent before this returns. */
  readonly flushNow: () => void;
}

/**
 * Sends what was collected when the process ends: when it is asked for through the registry, which the orderly stop of
 * `@dext/service` does; when a program has nothing more to do; and as far as it goes at `process.exit` and at an
 * uncaught error. Signals are nobody's business here: whoever does not handle them ends at once.
 */
export function flushAtEnd({ flush, flushNow }: FlushOptions): void {
  register(flush);
  process.once("beforeExit", () => void sayGoodbye(flush));
  process.on("exit", flushNow);
}

function register(flush: Flush): void {
  const place = globalThis as { [registry]?: unknown };
  const present = place[registry];
  place[registry] =
    typeof present === "function"
      ? async () => void (await Promise.allSettled([(present as Flush)(), flush()]))
      : flush;
}

/** The timer holds the process, whose connections to the endpoint do not. */
async function sayGoodbye(flush: Flush): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestGoodbye);
  });
  await Promise.race([flush(), patience]);
  clearTimeout(timer);
}
