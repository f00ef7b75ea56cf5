import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { BuildTrace } from "../../../../hosting/src/containers/buildkit-trace.ts";

function field(number: number, value: string | number | Buffer): Buffer {
  if (typeof value === "number") return Buffer.from([number * 8, value]);
  const bytes = Buffer.from(value);
  expect(bytes.length).toBeLessThan(128);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function answer(...parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString("base64");
}

test("a trace tells of each step once it begins, and of what it prints", () => {
  const trace = new BuildTrace();
  const name = Buffer.concat([field(1, "sha256:a"), field(2, "sha256:input"), field(3, "[1/2] RUN ls")]);
  const started = field(5, Buffer.concat([field(1, 100), field(2, 7)]));
  expect([...trace.read(answer(field(1, name)))]).toEqual([]);
  const both = answer(field(1, Buffer.concat([name, started])), field(1, Buffer.concat([name, started])));
  expect([...trace.read(both)]).toEqual([
    { kind: "step", step: "sha256:a", name: "[1/2] RUN ls", isCached: false },
  ]);
  const cached = Buffer.concat([field(1, "sha256:b"), field(3, "[2/2] COPY . ."), field(4, 1)]);
  const log = Buffer.concat([field(1, "sha256:a"), field(3, 1), field(4, "größe\n")]);
  expect([...trace.read(answer(field(1, cached), field(3, log)))]).toEqual([
    { kind: "step", step: "sha256:b", name: "[2/2] COPY . .", isCached: true },
    { kind: "output", step: "sha256:a", text: "größe\n" },
  ]);
});

test("a trace that is cut off or holds unknown fields gives what there is", () => {
  const trace = new BuildTrace();
  const unknown = Buffer.concat([Buffer.from([9 * 8 + 5, 1, 2, 3, 4, 10 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8])]);
  const step = field(1, Buffer.concat([field(1, "a"), field(3, "x"), field(4, 1)]));
  expect([...trace.read(answer(unknown, step))]).toHaveLength(1);
  expect([...new BuildTrace().read(answer(unknown, step.subarray(0, -3)))].length).toBeLessThan(2);
  expect([...trace.read("")]).toEqual([]);
});
