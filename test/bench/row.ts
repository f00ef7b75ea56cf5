/** One figure of a bench. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What has to be reached, as text: `≤ 40`. Absent for a figure that is only told. */
  bar?: string;
  met?: boolean;
}

/** A bench: measures and gives its figures. */
export type Bench = () => Promise<BenchRow[]>;

/** A figure that has to stay at or below a bar. */
export function atMost(
  name: string,
  { value, bar, unit }: { value: number; bar: number; unit: string },
): BenchRow {
  return { name, value: round(value), unit, bar: `≤ ${bar}`, met: value <= bar };
}

/** A figure that has to reach a bar. */
export function atLeast(
  name: string,
  { value, bar, unit }: { value: number; bar: number; unit: string },
): BenchRow {
  return { name, value: round(value), unit, bar: `≥ ${bar}`, met: value >= bar };
}

/** A figure that is only told. */
export function told(name: string, { value, unit }: { value: number; unit: string }): BenchRow {
  return { name, value: round(value), unit };
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The least of the values: of times the one that was disturbed least, since whatever else a machine does only adds. */
export function best(values: readonly number[]): number {
  return Math.min(...values);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
