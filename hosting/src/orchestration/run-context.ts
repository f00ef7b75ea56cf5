import type { Clock, ConfigReader } from "@dext/core";
import type { RunConfigurations } from "../configuration/run-configurations.ts";
import type { RunContainers } from "../containers/run-containers.ts";
import type { LogStore } from "../logs/log-store.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import type { Guardian } from "../processes/guardian.ts";
import type { AddressBook } from "./address-book.ts";
import type { EventHub } from "./event-hub.ts";
import type { LauncherChoice } from "./choose-launcher.ts";
import type { StartSlots } from "./start-slots.ts";

/** What everything in one run works with. */
export interface RunContext {
  readonly runId: string;
  readonly model: AppModel;
  /** The resources of this run. */
  readonly resources: ReadonlyMap<string, ResourceModel>;
  /** How each resource is had. */
  readonly choices: ReadonlyMap<string, LauncherChoice>;
  /** Resources that cannot be had, and why. */
  readonly failures: ReadonlyMap<string, Error>;
  readonly addresses: AddressBook;
  readonly configuration: ConfigReader;
  /** What resources are given by `withConfiguration`. */
  readonly configurations: RunConfigurations;
  readonly collector?: string;
  /** Resources that run with a debugger. */
  readonly inspected: ReadonlySet<string>;
  /** What children inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder for data that does not survive the run. */
  readonly temporaryDirectory: string;
  readonly hub: EventHub;
  readonly logs: LogStore;
  readonly guardian: Guardian;
  /** The containers of the run; the engine is not touched before the first is started. */
  readonly containers: RunContainers;
  readonly clock: Clock;
  readonly slots: StartSlots;
}
