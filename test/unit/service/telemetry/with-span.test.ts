import { currentTrace, instrument, withSpan } from "@dext/service";
import { describe, expect, it } from "vitest";

// No telemetry runs here: what it makes of spans is tried on programs that have it.
describe("withSpan without telemetry", () => {
  it("gives what the function gives, at once or later", async () => {
    expect(withSpan("now", () => 7)).toBe(7);
    expect(withSpan("nothing", () => {})).toBeUndefined();
    await expect(withSpan("later", () => Promise.resolve(7))).resolves.toBe(7);
  });

  it("throws what the function throws, the same object", async () => {
    const error = new RangeError("too far");
    expect(
      caught(() =>
        withSpan("now", () => {
          throw error;
        }),
      ),
    ).toBe(error);
    await expect(withSpan("later", () => Promise.reject(error))).rejects.toBe(error);
  });

  it("has nothing to add to a message, and takes any message", () => {
    expect(currentTrace()).toEqual({});
    expect(
      withSpan("handle", () => 1, { kind: "consumer", continues: { order: 7, traceparent: "nonsense" } }),
    ).toBe(1);
  });
});

describe("instrument", () => {
  it("keeps arguments, this, and results", async () => {
    const counter = {
      count: 3,
      add: instrument("add", function (this: { count: number }, more: number) {
        return this.count + more;
      }),
    };
    expect(counter.add(4)).toBe(7);
    await expect(
      instrument("later", (a: string, b: string) => Promise.resolve(a + b))("x", "y"),
    ).resolves.toBe("xy");
  });
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (thrown) {
    return thrown;
  }
}
