/** Something done with the mouse; columns and rows are counted from 0. */
export interface MouseEvent {
  kind: "press" | "drag" | "release" | "wheel-up" | "wheel-down";
  column: number;
  row: number;
}

/** Reports of the mouse, and the input without them. */
export interface DecodedInput {
  events: MouseEvent[];
  /** For whoever reads keys. */
  rest: string;
  /** The beginning of a report whose end has not come yet. */
  pending: string;
}

/** `ESC [ < button ; column ; row M`, at the end `m` for a button that was let go. */
// oxlint-disable-next-line no-control-regex
const report = /\u001b\[<(\d{1,5});(\d{1,5});(\d{1,5})([Mm])/g;
// oxlint-disable-next-line no-control-regex
const beginning = /\u001b(?:\[(?:<[\d;]{0,17})?)?$/;

/** Takes the reports of the mouse (SGR, mode 1006) out of what a terminal sends. */
export function decodeMouse(input: string): DecodedInput {
  const events: MouseEvent[] = [];
  const others = input.replaceAll(
    report,
    (_all, button: string, column: string, row: string, end: string) => {
      const kind = kindOf(Number(button), end);
      if (kind !== undefined) events.push({ kind, column: Number(column) - 1, row: Number(row) - 1 });
      return "";
    },
  );
  const pending = beginning.exec(others)?.[0] ?? "";
  return { events, rest: others.slice(0, others.length - pending.length), pending };
}

/** The lowest two bits are the button, 4 to 16 are modifiers, 32 says that it moves, 64 that it is the wheel. */
function kindOf(button: number, end: string): MouseEvent["kind"] | undefined {
  const plain = button & ~28;
  if (plain === 64) return "wheel-up";
  if (plain === 65) return "wheel-down";
  if (plain === 32) return "drag";
  if (plain !== 0) return undefined;
  return end === "M" ? "press" : "release";
}
