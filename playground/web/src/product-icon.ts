import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** Drawn in strokes on a field of 48 × 48. */
const drawings: Readonly<Record<string, string>> = {
  "enamel-mug":
    "M10 14h22v20a5 5 0 0 1-5 5H15a5 5 0 0 1-5-5zM8.5 14h25M32 19h4a4 4 0 0 1 4 4v4a4 4 0 0 1-4 4h-4M15 20v11",
  "field-notebook":
    "M13 8h22a2 2 0 0 1 2 2v28a2 2 0 0 1-2 2H13a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zM17 8v32M22 17h10M22 22h7",
  "brass-pen": "M33.5 8.5l6 6L20 34l-8.5 2.5L14 28zM29.5 12.5l6 6M14 28l6 6M8 41h20",
  "storm-lantern":
    "M17 14h14l3 6v13H14V20zM14 20h20M12 33h24v6H12zM20 14v-3h8v3M18 11c0-7 12-7 12 0M24 23c3 3.5 3.5 7 0 7s-3-3.5 0-7z",
  "wool-blanket":
    "M10 16c0-3 2-5 5-5h23v21M10 16c0 3 2 5 5 5h18M10 16v18a5 5 0 0 0 5 5h23v-7H15M33 11v21M15 21v11M38 39v2M34 39v2M30 39v2M26 39v2M22 39v2M18 39v2",
  "canvas-bag": "M11 18h26l2.5 21h-31zM18 23v-8a6 6 0 0 1 12 0v8",
};
const parcel = "M9 16l15-7 15 7v17l-15 7-15-7zM9 16l15 7 15-7M24 23v17";

/** A picture of a product; a parcel for one that nobody has drawn. */
export function productIcon(code: string): Html {
  const drawing = drawings[code] ?? parcel;
  return html`<svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
    <path d="${drawing}" />
  </svg>`;
}
