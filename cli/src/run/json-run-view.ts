import { decodeFrame } from "@dext/hosting/control";
import { createLineWriter, printProgress } from "@dext/hosting/output";
import type { RunView } from "@dext/hosting/output";

/** Shows a run as one JSON document a line: `{ "version": 1, "type": "attached" | "line" | "apphost" | "settled" | "end" | an event's type, … }`. */
export function createJsonRunView(): RunView {
  const writer = createLineWriter();
  const print = (type: string, document: object): void =>
    writer.write(JSON.stringify({ version: 1, type, ...document }));
  return {
    attached: (run, resources) => print("attached", { run, resources }),
    event: (event) => print(event.type, event),
    lines(frame) {
      for (const line of decodeFrame(frame)) print("line", line);
      return writer.whenReady();
    },
    appHostLine: (line) => print("apphost", line),
    settled: (tracker, { duration }) =>
      print("settled", { duration, failed: tracker.failed().map(({ name }) => name) }),
    progress: printProgress,
    flush: () => writer.flush(),
    ended({ exitCode, failed, duration }) {
      print("end", { exitCode, failed: [...new Set(failed.map(({ name }) => name))], duration });
      writer.flush();
    },
  };
}
