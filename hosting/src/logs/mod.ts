export { createFrameRenderer } from "./frame-renderer.ts";
export type { FrameRenderer, FrameRendererOptions, LinePrefix } from "./frame-renderer.ts";
export { decodeFrame, encodeFrame, FrameDecoder } from "./log-frame.ts";
export type { LogFrame } from "./log-frame.ts";
export { openLogFolder } from "./log-folder.ts";
export type { LogFolder } from "./log-folder.ts";
export { printableText } from "./printable-text.ts";
