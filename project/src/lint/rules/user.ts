import type { DockerInstruction } from "../document/instruction.ts";
import { isWindows, mayHaveParent, stageChain } from "../document/stages.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { knownValue, lastStage, shippedInstructions } from "../rule-context.ts";

/** Who a container runs as. */
export const userRules: readonly LintRule[] = [
  {
    id: "DL3002",
    source: "hadolint",
    aliases: ["DS-0002", "CIS-DI-0001"],
    severity: "warning",
    title: "The last USER is root",
    why: "Whoever breaks into the program is root in the container, and closer to being it outside.",
    fix: "End with USER and a number other than 0, such as USER 1000:1000.",
    *check(context) {
      const user = lastUser(context);
      if (user === undefined) return;
      const name = user.words[0] && knownValue(context, user, user.words[0]);
      if (name === undefined || !/^(?:root|0)(?::|$)/.test(name)) return;
      yield { at: user, message: `The last USER is "${name}"` };
    },
  },
  {
    id: "DS-0002",
    source: "trivy",
    aliases: ["CIS-DI-0001"],
    severity: "warning",
    title: "The image has no USER",
    why: "A container runs as root unless the base image says otherwise, which the file does not show.",
    fix: "Add USER with a number, such as USER 1000:1000, before CMD or ENTRYPOINT.",
    *check(context) {
      const stage = lastStage(context);
      if (stage === undefined || lastUser(context) !== undefined) return;
      // Windows has no root, and what the build decides on may have a USER of its own.
      if (isWindows(stage) || stageChain(stage).some(mayHaveParent)) return;
      // Images that name their user in their tag, as distroless does.
      if (/nonroot|rootless|unprivileged/i.test(stage.base?.text ?? "")) return;
      yield { at: stage.from, message: "The image has no USER, so its containers run as root" };
    },
  },
  {
    id: "DL3066",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "The last USER is a name, not a number",
    why: "Kubernetes cannot tell that a name is not root and refuses to start it with runAsNonRoot.",
    fix: "Write the number of the user: USER 1000.",
    *check(context) {
      const user = lastUser(context);
      const name = user?.words[0]?.value;
      if (user === undefined || name === undefined || name.includes("$")) return;
      // Accounts of Windows have no numbers: USER ContainerUser
      if (user.stage !== undefined && isWindows(user.stage)) return;
      // Root is DL3002's to tell.
      if (/^(?:\d+|root)(?::|$)/.test(name)) return;
      yield { at: user, message: `USER "${name}" is a name that only the image can resolve` };
    },
  },
];

function lastUser(context: RuleContext): DockerInstruction | undefined {
  return shippedInstructions(context).findLast(({ keyword, onbuild }) => keyword === "USER" && !onbuild);
}
