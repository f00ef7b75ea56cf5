import process from "node:process";
import { createFrameRenderer } from "../logs/frame-renderer.ts";
import type { FrameRenderer } from "../logs/frame-renderer.ts";
import type { Style } from "./style.ts";
import type { ResourceLabels } from "./resource-label.ts";

/** Makes of the lines of a resource what is printed of them: `api | listening`. */
export function createLineRenderer({
  style,
  labels,
}: {
  style: Style;
  labels: ResourceLabels;
}): FrameRenderer {
  return createFrameRenderer({
    prefix: ({ resource, replica }) => {
      const label = labels.padded({ name: resource, replica });
      return `${style.nth(labels.index(resource), `${label} |`)} `;
    },
    colour: style.coloured,
    terminal: process.stdout.isTTY,
  });
}
