import type { Paint } from "../paint.ts";

/** What {@link Dialog} is drawn with. */
export interface DialogView {
  paint: Paint;
  width: number;
  height: number;
}

/** Something that takes the keys until it is closed. */
export interface Dialog {
  /** Takes a key by its name; whether it stays open. */
  press(key: string): boolean;
  /** What stands in the line for news. */
  line(view: DialogView): string;
  /** The keys that mean something now. */
  hint: string;
  /** What stands in place of the log. */
  panel?(view: DialogView): string[];
}
