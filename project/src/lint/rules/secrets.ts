import { argumentWords, flagValue, keyValues } from "../document/instruction.ts";
import type { LintRule } from "../rule.ts";
import { instructionsOf, shippedInstructions, runSteps } from "../rule-context.ts";
import type { ShellCommand } from "../shell/shell-command.ts";
import { namesSecret } from "../../secret-names.ts";

/** Secrets that stay in the image or its history. */
export const secretRules: readonly LintRule[] = [
  {
    id: "SecretsUsedInArgOrEnv",
    source: "buildkit",
    aliases: ["DL3064", "DS-0031", "CIS-DI-0010"],
    severity: "warning",
    title: "ARG or ENV has the name of a secret",
    why: "What they hold can be read by everyone who has the image.",
    fix: "Hand it to the build by RUN --mount=type=secret, and to the container when it starts.",
    *check(context) {
      for (const one of instructionsOf(context, "ARG", "ENV")) {
        for (const { key, word, rawValue } of keyValues(one)) {
          // A path says where a secret is, not what it is.
          if (!namesSecret(key) || /^["']?\//.test(rawValue ?? "")) continue;
          yield { at: word, message: `${one.keyword} "${key}" has the name of a secret` };
        }
      }
    },
  },
  {
    id: "DS-0031",
    source: "trivy",
    aliases: ["CIS-DI-0010"],
    severity: "error",
    title: "A RUN hands credentials to a cloud's command line",
    why: "The command writes them into the layer, or its text keeps them in the history.",
    fix: "Use RUN --mount=type=secret, or log in where the container runs.",
    *check(context) {
      for (const { run, script } of runSteps(context)) {
        if (run.flags.some(({ name, value }) => name === "mount" && value.includes("type=secret"))) continue;
        const command = script.commands.find(setsCredentials);
        if (command !== undefined) yield { at: command, message: `"${command.name}" is given credentials` };
      }
    },
  },
  {
    id: "CIS-DI-0010",
    source: "dockle",
    aliases: ["DS-0031"],
    severity: "error",
    title: "A file that holds secrets is copied into the image",
    why: "Everyone who has the image has the file, also when a later layer deletes it.",
    fix: "Put it on the .dockerignore; use RUN --mount=type=secret in the build and a mount in the container.",
    *check(context) {
      for (const one of shippedInstructions(context)) {
        if ((one.keyword !== "COPY" && one.keyword !== "ADD") || flagValue(one, "from") !== undefined)
          continue;
        const secret = argumentWords(one)
          .slice(0, -1)
          .find(({ value }) => secretFile.test(value));
        if (secret !== undefined)
          yield { at: one, message: `"${secret.value}" holds secrets and is copied into the image` };
      }
    },
  },
];

const secretFile =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env|\.netrc|\.git-credentials|\.pypirc|\.pgpass|\.htpasswd|\.aws\/credentials|\.docker\/config\.json|credentials\.json|secret_token\.rb)$/;

function setsCredentials({ name, words }: ShellCommand): boolean {
  const text = words.map((word) => word.text).join(" ");
  switch (name) {
    case "aws":
      return /^configure set aws_(?:access_key_id|secret_access_key)\b/.test(text);
    case "gcloud":
      return /^auth activate-service-account\b/.test(text);
    case "az":
      return /^login\b.*(?:\s-p|\s--password|\s--federated-token)\b/.test(text);
    case "doctl":
      return /^auth init\b.*(?:\s-t|\s--access-token)\b/.test(text);
    case "docker":
      return /^login\b.*(?:\s-p|\s--password)(?:\s|=|$)/.test(text);
    default:
      return false;
  }
}
