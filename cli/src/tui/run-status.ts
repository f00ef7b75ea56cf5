import { isEndState, isFailedState } from "@dext/protocol";
import type { ResourceSnapshot, RunEvent, RunSnapshot, RunState } from "@dext/protocol";
import { createResourceLabels, isUp } from "@dext/hosting/output";
import { describeEvent } from "./event-text.ts";
import type { EventText } from "./event-text.ts";

/** What the interface says in its line for news. */
export interface News extends EventText {
  /** Milliseconds since 1970. */
  time: number;
}

/** So long what the interface says stays although things happen, in milliseconds. */
const holdTime = 2000;

/** What is known of a run, kept up to date by its events. */
export interface RunStatus {
  state(): RunState;
  /** In the order of the model. */
  resources(): readonly ResourceSnapshot[];
  label(resource: { name: string; replica: number }): string;
  /** As wide as the widest. */
  paddedLabel(resource: { name: string; replica: number }): string;
  /** The place in the model, which colours go by. */
  index(name: string): number;
  /** Resources whose processes run, or may at any moment. */
  active(): readonly ResourceSnapshot[];
  up(): number;
  failed(): readonly ResourceSnapshot[];
  news(): News | undefined;
  apply(event: RunEvent): void;
  /** Something that the interface itself has to say. */
  say(news: EventText): void;
}

export function createRunStatus(snapshot: RunSnapshot, { now }: { now: () => number }): RunStatus {
  const resources = new Map(snapshot.resources.map((resource) => [keyOf(resource), resource]));
  const labels = createResourceLabels();
  labels.learn(snapshot.resources);
  let { state } = snapshot;
  let event: News | undefined;
  let said: News | undefined;
  const all = (): ResourceSnapshot[] => [...resources.values()];
  return {
    state: () => state,
    resources: all,
    label: (resource) => labels.label(resource),
    paddedLabel: (resource) => labels.padded(resource),
    index: (name) => labels.index(name),
    active: () => all().filter((resource) => isActive(resource)),
    up: () => all().filter(isUp).length,
    failed: () => all().filter((resource) => isFailedState(resource.state)),
    news() {
      if (said === undefined) return event;
      const isOver = event !== undefined && event.time >= said.time && now() - said.time > holdTime;
      return isOver ? event : said;
    },
    apply(next) {
      if (next.type === "run") ({ state } = next.data);
      else if (next.type !== "notice") {
        const { snapshot: resource } = next.data;
        labels.learn([resource]);
        resources.set(keyOf(resource), resource);
      }
      const text = describeEvent(next, (resource) => labels.label(resource));
      if (text !== undefined) event = { ...text, time: next.time };
    },
    say(text) {
      said = { ...text, time: now() };
    },
  };
}

/** Whether something runs or may start at any moment. */
export function isActive({ state }: ResourceSnapshot): boolean {
  return !isEndState(state) && state !== "NotStarted";
}

function keyOf({ name, replica }: ResourceSnapshot): string {
  return `${name} ${replica}`;
}
