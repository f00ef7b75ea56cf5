import type { Span } from "@opentelemetry/api";

/**
 * Whether the headers of a request may name our span as the parent.
 *
 * A header that was set before stays when it belongs to another trace: somebody hands it on by intent. Within the same
 * trace, the span of the request itself is the closer parent.
 */
export function mayPropagate(present: string | undefined, span: Span): boolean {
  return present === undefined || present.split("-")[1] === span.spanContext().traceId;
}
