import process from "node:process";
import { createFrameRenderer } from "../logs/frame-renderer.ts";
import type { FrameRenderer } from "../logs/frame-renderer.ts";
import { jsonLineText } from "./json-line-text.ts";
import type { Style } from "./style.ts";
import type { ResourceLabels } from "./resource-label.ts";

/** What {@link createLineRenderer} takes. */
export interface LineRendererOptions {
  style: Style;
  labels: ResourceLabels;
  /** Whether lines of JSON of a logger are shown as a person reads them: level, message, attributes. */
  readsJson?: boolean;
}

/** Makes of the lines of a resource what is printed of them: `api | listening`. */
export function createLineRenderer({ style, labels, readsJson = false }: LineRendererOptions): FrameRenderer {
  return createFrameRenderer({
    prefix: ({ resource, replica }) => {
      const label = labels.padded({ name: resource, replica });
      return `${style.nth(labels.index(resource), `${label} |`)} `;
    },
    colour: style.coloured,
    terminal: process.stdout.isTTY,
    ...(readsJson ? { json: (text: string) => jsonLineText(text, style) } : {}),
  });
}
