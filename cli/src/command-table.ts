import type { CommandEntry } from "./command.ts";

/** Every command, in the order of the help; each is imported when it is asked for and not before. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: "run",
    summary: "Run the system that the AppHost describes",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "describe",
    summary: "Show what would be run, how and why",
    load: async () => (await import("./commands/describe.ts")).describeCommand,
  },
  {
    name: "ps",
    summary: "Show the resources of a run",
    load: async () => (await import("./commands/ps.ts")).psCommand,
  },
  {
    name: "logs",
    summary: "Show what the resources of a run print",
    load: async () => (await import("./commands/logs.ts")).logsCommand,
  },
  {
    name: "wait",
    summary: "Wait until resources of a run are healthy, running, finished or stopped",
    load: async () => (await import("./commands/wait.ts")).waitCommand,
  },
  {
    name: "stop",
    summary: "Stop a run",
    load: async () => (await import("./commands/stop.ts")).stopCommand,
  },
  {
    name: "doctor",
    summary: "Show what this machine offers, and what dead runs have left",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
];
