import type { ObjectMetadata } from "./api-object.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";
import type { ApiStatus } from "./refusal.ts";

/** One line of a watch: `{"type":"MODIFIED","object":{"kind":"PartialObjectMetadata","metadata":{…}}}`. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: { readonly metadata?: ObjectMetadata } & ApiStatus;
}

const types: ReadonlySet<string> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]);

/** What is noted about an object may be long; what has no end of line at all is no watch. */
const longestLine = 4 * 1024 * 1024;

/**
 * The events of a watch: one JSON document in each line, however the network cuts the stream. What stands behind the last
 * end of a line was cut off and is left out: the watch begins again before it.
 *
 * @throws DextError `DEXT_CONFIG_KUBERNETES_ANSWER_INVALID` for a line that is none
 */
export async function* watchEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parseEvent(line);
    if (rest.length > longestLine) throw garbage(`a line of more than ${longestLine} characters`);
  }
}

function parseEvent(line: string): WatchEvent {
  let event: Partial<WatchEvent> | null;
  try {
    event = JSON.parse(line) as Partial<WatchEvent> | null;
  } catch {
    // Without the parser's words, which quote the line.
    throw garbage("a line that is not JSON");
  }
  const isEvent = typeof event?.object === "object" && event.object !== null && types.has(event.type ?? "");
  if (!isEvent) throw garbage("a line that is no event");
  return event as WatchEvent;
}

function garbage(what: string): Error {
  return kubernetesApiError("DEXT_CONFIG_KUBERNETES_ANSWER_INVALID", `A watch of Kubernetes gave ${what}`, {
    hint: "Something between here and the cluster may have cut or changed it; the watch begins anew.",
  });
}
