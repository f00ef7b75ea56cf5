import type { CommandEntry } from "./command.ts";

/** Every command, in the order of the help; each is imported when it is asked for and not before. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: "new",
    summary: "Make a system, a service, or what a generator of yours makes",
    load: async () => (await import("./commands/new.ts")).newCommand,
  },
  {
    name: "add",
    summary: "Add a backing resource to the AppHost, and its client to a service",
    load: async () => (await import("./commands/add.ts")).addCommand,
  },
  {
    name: "undo",
    summary: "Take back what was generated last",
    load: async () => (await import("./commands/undo.ts")).undoCommand,
  },
  {
    name: "update",
    summary: "Bring generated files up to date, merged with what was changed since",
    load: async () => (await import("./commands/update.ts")).updateCommand,
  },
  {
    name: "eject",
    summary: "Copy a template into the project, to change it there",
    load: async () => (await import("./commands/eject.ts")).ejectCommand,
  },
  {
    name: "run",
    summary: "Run the system that the AppHost describes",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "attach",
    summary: "Show a run that is under way",
    load: async () => (await import("./commands/attach.ts")).attachCommand,
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
    name: "start",
    summary: "Start resources of a run",
    load: async () => (await import("./commands/resource-commands.ts")).startCommand,
  },
  {
    name: "restart",
    summary: "Stop resources of a run and start them again",
    load: async () => (await import("./commands/resource-commands.ts")).restartCommand,
  },
  {
    name: "resource",
    summary: "Give a resource one of its own commands",
    load: async () => (await import("./commands/resource-commands.ts")).resourceCommand,
  },
  {
    name: "stop",
    summary: "Stop a run, or some of its resources",
    load: async () => (await import("./commands/stop.ts")).stopCommand,
  },
  {
    name: "config",
    summary: "Show and check the configuration of a service: print, explain, diff, check",
    load: async () => (await import("./commands/config.ts")).configCommand,
  },
  {
    name: "dockerfile",
    summary: "Write Dockerfiles for projects, each with its .dockerignore",
    load: async () => (await import("./commands/dockerfile.ts")).dockerfileCommand,
  },
  {
    name: "doctor",
    summary: "Show what this machine offers, and what dead runs have left",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
];
