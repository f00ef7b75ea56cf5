import { describe, expect, test } from "vitest";
import { decodeMouse } from "../../../../cli/src/tui/mouse.ts";

const esc = "\u001b";

describe("decodeMouse", () => {
  test.each([
    [`${esc}[<0;5;7M`, { kind: "press", column: 4, row: 6 }],
    [`${esc}[<0;5;7m`, { kind: "release", column: 4, row: 6 }],
    [`${esc}[<32;5;7M`, { kind: "drag", column: 4, row: 6 }],
    [`${esc}[<64;5;7M`, { kind: "wheel-up", column: 4, row: 6 }],
    [`${esc}[<65;5;7M`, { kind: "wheel-down", column: 4, row: 6 }],
    [`${esc}[<81;5;7M`, { kind: "wheel-down", column: 4, row: 6 }],
  ])("reads %j", (input, event) => {
    expect(decodeMouse(input)).toEqual({ events: [event], rest: "", pending: "" });
  });

  test("drops other buttons", () => {
    expect(decodeMouse(`${esc}[<2;5;7M${esc}[<1;5;7m${esc}[<66;1;1M`).events).toEqual([]);
  });

  test("leaves keys as they are, between reports too", () => {
    const { events, rest } = decodeMouse(`j${esc}[A${esc}[<64;1;1Mk${esc}[<64;1;1M${esc}[5~`);
    expect(events).toHaveLength(2);
    expect(rest).toBe(`j${esc}[Ak${esc}[5~`);
  });

  test.each([esc, `${esc}[`, `${esc}[<`, `${esc}[<64;1`, `${esc}[<64;10;20`])(
    "waits for the end of %j",
    (beginning) => {
      expect(decodeMouse(`j${beginning}`)).toEqual({ events: [], rest: "j", pending: beginning });
    },
  );

  test("reads a report that comes byte by byte", () => {
    let pending = "";
    let rest = "";
    const events: unknown[] = [];
    for (const byte of `${esc}[<65;12;34Mq`) {
      const decoded = decodeMouse(pending + byte);
      ({ pending } = decoded);
      rest += decoded.rest;
      events.push(...decoded.events);
    }
    expect({ events, rest, pending }).toEqual({
      events: [{ kind: "wheel-down", column: 11, row: 33 }],
      rest: "q",
      pending: "",
    });
  });
});
