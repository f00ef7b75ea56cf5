import { Buffer } from "node:buffer";
import { join } from "node:path";

/** One file of a channel. A channel's files together hold its lines, oldest first; the oldest files may be gone. */
export interface Segment {
  readonly path: string;
  readonly index: number;
  /** How many lines of the channel came before this file. */
  readonly firstLine: number;
  /** Bytes of the file that hold whole records, with its first line. */
  bytes: number;
  /** Lines in the file. */
  lines: number;
}

/** What the first line of a file says. */
export interface SegmentHead {
  resource: string;
  replica: number;
  segment: number;
  firstLine: number;
  /** How many lines just before this file were never written, because the disk was full or too slow. */
  lost: number;
}

// api.0.000003.log: resource, replica, number of the file.
const namePattern = /^(?<resource>[^.]+(?:\.[^.]+)*?)\.(?<replica>\d+)\.(?<index>\d{6,})\.log$/;

/** The first line of every file begins with it. */
const headPrefix = "# dext log 1 ";

/** The name of a file. */
export function segmentPath(
  directory: string,
  { resource, replica, index }: { resource: string; replica: number; index: number },
): string {
  return join(directory, `${resource}.${replica}.${String(index).padStart(6, "0")}.log`);
}

/** What a file's name says; undefined for other files. */
export function parseSegmentName(
  name: string,
): { resource: string; replica: number; index: number } | undefined {
  const { resource, replica, index } = namePattern.exec(name)?.groups ?? {};
  if (resource === undefined) return undefined;
  return { resource, replica: Number(replica), index: Number(index) };
}

/**
 * The first line of a file:
 *
 * ```text
 * # dext log 1 {"resource":"api","replica":0,"segment":3,"firstLine":91822,"lost":0}
 * ```
 */
export function encodeHead(head: SegmentHead): Buffer {
  return Buffer.from(`${headPrefix}${JSON.stringify(head)}\n`);
}

/** The first line of a file, read back; undefined when it is not one of ours. */
export function parseHead(text: string): SegmentHead | undefined {
  if (!text.startsWith(headPrefix)) return undefined;
  try {
    const head = JSON.parse(text.slice(headPrefix.length)) as Partial<SegmentHead>;
    if (typeof head.resource !== "string" || typeof head.firstLine !== "number") return undefined;
    const { resource, replica = 0, segment = 1, firstLine, lost = 0 } = head;
    return { resource, replica, segment, firstLine, lost };
  } catch {
    return undefined;
  }
}
