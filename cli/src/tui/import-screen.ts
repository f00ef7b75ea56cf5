import process from "node:process";
import type { render } from "ink";
import type { createElement } from "react";
import type { Screen } from "./screen.ts";

/** What draws, loaded. */
export interface LoadedScreen {
  render: typeof render;
  createElement: typeof createElement;
  Screen: typeof Screen;
}

/**
 * Loads ink and React, which takes 200 ms. React chooses at that moment whether it is the variant that checks its
 * users and is several times slower.
 */
export async function importScreen(): Promise<LoadedScreen> {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    const [ink, react, screen] = await Promise.all([import("ink"), import("react"), import("./screen.ts")]);
    return { render: ink.render, createElement: react.createElement, Screen: screen.Screen };
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}
