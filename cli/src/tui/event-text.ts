import type { ResourceSnapshot, RunEvent } from "@dext/protocol";

/** What an event says in one line, and how grave it is; `undefined` when it is not worth one. */
export interface EventText {
  text: string;
  level: "info" | "good" | "warning" | "error";
}

export function describeEvent(
  event: RunEvent,
  labelOf: (resource: ResourceSnapshot) => string,
): EventText | undefined {
  switch (event.type) {
    case "state": {
      const { to, reason, snapshot } = event.data;
      if (to === "NotStarted") return undefined;
      const failed = to === "Exited" || to === "FailedToStart";
      const why = failed ? (reason ?? describeEnd(snapshot)) : (reason ?? "");
      return {
        text: joinWords(`${labelOf(snapshot)} ${to}`, why),
        level: failed ? "error" : to === "Restarting" ? "warning" : "info",
      };
    }
    case "health": {
      const { from, to, message, snapshot } = event.data;
      // Nobody is healthy at once.
      if (snapshot.state !== "Running" || to === "Unknown" || (from === "Unknown" && to !== "Healthy"))
        return undefined;
      return {
        text: joinWords(`${labelOf(snapshot)} ${to}`, to === "Healthy" ? "" : (message ?? "")),
        level: to === "Healthy" ? "good" : to === "Degraded" ? "warning" : "error",
      };
    }
    case "run": {
      const { state, reason } = event.data;
      return { text: joinWords(`Run ${state}`, reason ?? ""), level: "info" };
    }
    case "notice": {
      const { level, message, hint } = event.data;
      return { text: hint === undefined ? message : `${message} (${hint})`, level };
    }
    default:
      return undefined;
  }
}

/** `exit code 1`, `SIGSEGV` or nothing. */
export function describeEnd({ exitCode, signal }: ResourceSnapshot): string {
  return signal ?? (exitCode === undefined ? "" : `exit code ${exitCode}`);
}

function joinWords(head: string, tail: string): string {
  return tail === "" ? head : `${head}: ${tail}`;
}
