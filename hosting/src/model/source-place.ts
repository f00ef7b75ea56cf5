import { fileURLToPath } from "node:url";

const ownFolder = fileURLToPath(new URL("..", import.meta.url));

/** Where in the AppHost (or in an integration) the model is being built right now, as `path:line:column`. */
export function currentPlace(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 20;
  const place = placeOf(new Error("place"));
  Error.stackTraceLimit = limit;
  return place;
}

/**
 * Where an error was made, as `path:line:column`.
 *
 * Read off the stack: the first frame that is neither ours nor the runtime's. A frame looks like
 * `    at addThings (file:///home/me/shop/apphost.ts:5:12)` or `    at file:///home/me/shop/apphost.ts:5:12`.
 */
export function placeOf(error: Error): string | undefined {
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? [];
  for (const frame of frames) {
    const place = /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(frame)?.[1];
    if (place === undefined) continue;
    const path = decodeURI(place.replace(/^file:\/\//, ""));
    if (!path.startsWith(ownFolder)) return path;
  }
  return undefined;
}

/** `, at apphost.ts:3:14`, or nothing when the place is not known. */
export function placeText(place: string | undefined): string {
  return place === undefined ? "" : `, at ${place}`;
}
