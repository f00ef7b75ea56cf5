import { createPlainRunView } from "./plain-run-view.ts";
import { createResourceLabels } from "./resource-label.ts";
import type { RunView } from "./run-view.ts";

/**
 * Shows a run whose AppHost prints lines and states itself: what is left is what the AppHost says apart from the run,
 * and how the run ended.
 */
export function createPrintedRunView(): RunView {
  const labels = createResourceLabels();
  const plain = createPlainRunView({ labels });
  return {
    ...plain,
    attached: (_info, resources) => labels.learn(resources),
    event(event) {
      if (event.type !== "run" && event.type !== "notice") labels.learn([event.data.snapshot]);
    },
    settled() {},
    lines: undefined,
  };
}
