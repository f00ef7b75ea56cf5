import { Buffer } from "node:buffer";

/** Something that BuildKit tells of a build. */
export type TraceEvent =
  /** A step such as `[build 2/3] COPY . .` begins, or is taken from the cache. */
  | { readonly kind: "step"; readonly step: string; readonly name: string; readonly isCached: boolean }
  /** A step prints. */
  | { readonly kind: "output"; readonly step: string; readonly text: string };

/**
 * Reads the record of a build by BuildKit, which the engine hands on as base64 in `aux` of `moby.buildkit.trace`: the
 * message `StatusResponse` of moby/buildkit, `api/services/control/control.proto`, of which steps (1) and their output
 * (3) are of interest. Each step is told of once.
 */
export class BuildTrace {
  readonly #told: Set<string> = new Set();

  *read(base64: string): Generator<TraceEvent> {
    for (const { number, value } of fieldsOf(Buffer.from(base64, "base64"))) {
      if (typeof value === "number") continue;
      if (number === 1) yield* this.#step(value);
      // VertexLog: vertex 1, msg 4
      if (number === 3) {
        const log = messageOf(value);
        yield { kind: "output", step: textOf(log.get(1)), text: textOf(log.get(4)) };
      }
    }
  }

  // Vertex: digest 1, name 3, cached 4, started 5
  *#step(bytes: Buffer): Generator<TraceEvent> {
    const vertex = messageOf(bytes);
    const step = textOf(vertex.get(1));
    const isCached = vertex.get(4) === 1;
    if ((!isCached && !vertex.has(5)) || this.#told.has(step)) return;
    this.#told.add(step);
    yield { kind: "step", step, name: textOf(vertex.get(3)), isCached };
  }
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

function messageOf(bytes: Buffer): ReadonlyMap<number, number | Buffer> {
  return new Map(Array.from(fieldsOf(bytes), ({ number, value }) => [number, value]));
}

function textOf(value: number | Buffer | undefined): string {
  return typeof value === "object" ? value.toString() : "";
}

/** The fields of a message of Protocol Buffers; what is cut off ends them. */
function* fieldsOf(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  const take = (length: number): Buffer => {
    const taken = bytes.subarray(at, at + length);
    at += length;
    return taken;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) yield { number, value: varint() };
    else if (wireType === 1) yield { number, value: take(8) };
    else if (wireType === 2) yield { number, value: take(varint()) };
    else if (wireType === 5) yield { number, value: take(4) };
    else return;
  }
}
