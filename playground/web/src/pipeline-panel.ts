import type { PipelineState } from "./api.ts";
import { faults } from "./fault-switch.ts";
import type { Fault } from "./fault-switch.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

const labels: Readonly<Record<Fault, string>> = {
  none: "As usual",
  slow: "Slow",
  failing: "Failing",
};

/** The switch that makes the inventory misbehave, and what the pipeline around the calls to it did about it. */
export function pipelinePanel({
  fault,
  pipeline,
}: {
  fault: Fault | undefined;
  pipeline: PipelineState | undefined;
}): Html {
  return html`<form class="fault-switch" method="post" action="/fault" aria-label="The inventory">
      <span id="fault-label">The inventory is</span>
      ${faults.map(
        (each) =>
          html`<button
            name="fault"
            value="${each}"
            aria-pressed="${each === fault ? "true" : "false"}"
            ${fault === undefined && html`disabled`}
          >
            ${labels[each]}
          </button>`,
      )}
    </form>
    ${pipeline ? report(pipeline) : html`<p class="empty">The api does not say what its pipeline does.</p>`}`;
}

function report({ circuit, retries, events }: PipelineState): Html {
  return html`<p class="circuit" data-circuit="${circuit}">
      Circuit <strong>${circuit}</strong> · ${retries} ${retries === 1 ? "retry" : "retries"} so far
    </p>
    ${
      events.length === 0
        ? html`<p class="empty">Nothing had to be done yet.</p>`
        : html`<ol class="pipeline-events" role="list">
            ${events.map(({ time, text }) => html`<li><time datetime="${time}">${clock(time)}</time> ${text}</li>`)}
          </ol>`
    }`;
}

function clock(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}
