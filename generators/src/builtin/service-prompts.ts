import type { Prompt } from "../generator/definition.ts";
import { packageManagerNames } from "./package-managers.ts";

/** The name of a system, a service or a resource: it becomes a host name, a folder and part of a package's name. */
export function namePrompt(message: string): Prompt {
  return {
    name: "name",
    type: "text",
    message,
    validate: (value) =>
      /^[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/.test(String(value)) ||
      "wanted up to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last",
  };
}

/** What is asked about every member of a workspace. */
export const workspacePrompts: readonly Prompt[] = [
  {
    name: "packageManager",
    type: "select",
    message: "Which package manager?",
    choices: packageManagerNames,
    default: packageManagerNames[0],
    propose: true,
  },
  {
    name: "vendored",
    type: "confirm",
    message: "Are the packages of Dext in vendor/dext?",
    default: false,
  },
];

/** What is asked about a service. */
export const servicePrompts: readonly Prompt[] = [
  {
    name: "runtime",
    type: "select",
    message: "What runs the service?",
    choices: [
      { value: "node", label: "Node" },
      { value: "deno", label: "Deno" },
      { value: "bun", label: "Bun", hint: "sends no telemetry by itself" },
    ],
    default: "node",
    propose: true,
  },
  {
    name: "kind",
    type: "select",
    message: "What does it do?",
    choices: [
      { value: "api", label: "Web API", hint: "with Hono" },
      { value: "worker", label: "Worker", hint: "works by itself, and tells its health" },
      { value: "plain", label: "Plain", hint: "answers requests, without a framework" },
    ],
    default: "api",
    propose: true,
  },
  {
    name: "openapi",
    type: "confirm",
    message: "Does it describe itself by OpenAPI?",
    when: ({ kind }) => kind === "api",
    default: false,
    propose: true,
  },
  ...workspacePrompts,
];

/** What a service can be run by. */
export type ServiceRuntime = "node" | "deno" | "bun";

/** What a service can be. */
export type ServiceKind = "api" | "worker" | "plain";
