import { Box, Text, useApp, useInput, usePaste } from "ink";
import { createElement as h, memo, useEffect } from "react";
import type { FunctionComponent, ReactElement } from "react";
import type { Frame } from "./compose-frame.ts";
import { keyNames } from "./keys.ts";

/** What {@link Screen} takes. */
export interface ScreenProps {
  frame: Frame;
  onKey: (key: string) => void;
  onPaste: (text: string) => void;
  /** Called once with what gives the terminal away and takes it back. */
  onReady: (suspend: () => Promise<() => Promise<void>>) => void;
}

/** Draws a picture of the screen; everything that it shows is in the picture. */
export const Screen: FunctionComponent<ScreenProps> = ({ frame, onKey, onPaste, onReady }) => {
  const { suspendTerminal } = useApp();
  useEffect(() => {
    onReady(async () => {
      const suspended = await suspendTerminal();
      return () => suspended.resume();
    });
  }, [onReady, suspendTerminal]);
  useInput((input, key) => {
    for (const name of keyNames(input, key)) onKey(name);
  });
  usePaste(onPaste);
  return h(
    Box,
    { flexDirection: "column", width: frame.columns },
    h(Row, { text: frame.header }),
    h(
      Box,
      { flexDirection: "row" },
      ...(frame.left === undefined
        ? []
        : [
            h(Pane, { key: "left", ...frame.left }),
            h(Divider, { key: "line", text: frame.divider, rows: frame.right.rows.length }),
          ]),
      h(Pane, { key: "right", ...frame.right }),
    ),
    ...frame.footer.map((text, index) => h(Row, { key: index, text })),
  );
};

interface PaneProps {
  width: number;
  rows: readonly string[];
}

const Pane: FunctionComponent<PaneProps> = ({ width, rows }) =>
  h(
    Box,
    { flexDirection: "column", width, flexShrink: 0 },
    // Rows have no identity: each place of the screen shows something else a moment later.
    ...rows.map((text, index) => h(Row, { key: index, text })),
  );

const Divider: FunctionComponent<{ text: string; rows: number }> = memo(({ text, rows }) =>
  h(Box, { width: 1, flexShrink: 0 }, h(Text, null, Array.from({ length: rows }, () => text).join("\n"))),
);

/** One row, drawn anew only when it has changed. Text without anything in it would take no room. */
const Row: FunctionComponent<{ text: string }> = memo(({ text }): ReactElement =>
  h(Text, { wrap: "truncate" }, text === "" ? " " : text),
);
