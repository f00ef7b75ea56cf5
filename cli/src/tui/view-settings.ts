import type { LogLevel, LogLine } from "@dext/protocol";

/** What a person has set, and where the cursor stands. */
export interface ViewSettings {
  /** The chosen resource, counted from 0. */
  cursor: number;
  /** The log of all resources is shown. */
  showAll: boolean;
  wrap: boolean;
  timestamps: boolean;
  /** Cells by which cut lines are moved to the left. */
  shift: number;
  /** What is highlighted. */
  search: string;
  filterText: string;
  filterLevel: LogLevel | undefined;
  /** Lines chosen with the mouse: where it was pressed, and where it is. */
  chosen: { anchor: LogLine; end: LogLine } | undefined;
}

export function initialSettings(): ViewSettings {
  return {
    cursor: 0,
    showAll: true,
    wrap: true,
    timestamps: false,
    shift: 0,
    search: "",
    filterText: "",
    filterLevel: undefined,
    chosen: undefined,
  };
}

/** The lines chosen, the first of them first. */
export function chosenRange({ chosen }: ViewSettings): { first: LogLine; last: LogLine } | undefined {
  if (chosen === undefined) return undefined;
  const { anchor, end } = chosen;
  return anchor.seq <= end.seq ? { first: anchor, last: end } : { first: end, last: anchor };
}
