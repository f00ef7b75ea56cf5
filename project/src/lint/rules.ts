import type { LintRule } from "./rule.ts";
import { accountRules } from "./rules/accounts.ts";
import { apkRules } from "./rules/apk.ts";
import { aptRules } from "./rules/apt.ts";
import { baseImageRules } from "./rules/base-image.ts";
import { casingRules } from "./rules/casing.ts";
import { commandRules } from "./rules/commands.ts";
import { copyRules } from "./rules/copy.ts";
import { exposeRules } from "./rules/expose.ts";
import { labelRules } from "./rules/labels.ts";
import { languagePackageRules } from "./rules/language-packages.ts";
import { layoutRules } from "./rules/layout.ts";
import { rpmRules } from "./rules/rpm.ts";
import { secretRules } from "./rules/secrets.ts";
import { stageRules } from "./rules/stages.ts";
import { startRules } from "./rules/start.ts";
import { syntaxRules } from "./rules/syntax.ts";
import { userRules } from "./rules/user.ts";
import { variableRules } from "./rules/variables.ts";
import { workdirRules } from "./rules/workdir.ts";
import { zypperRules } from "./rules/zypper.ts";

/** Every rule. An id stands once here, and may be what others call another rule as well. */
export const lintRules: readonly LintRule[] = [
  ...syntaxRules,
  ...casingRules,
  ...layoutRules,
  ...stageRules,
  ...baseImageRules,
  ...variableRules,
  ...startRules,
  ...workdirRules,
  ...userRules,
  ...secretRules,
  ...exposeRules,
  ...copyRules,
  ...commandRules,
  ...accountRules,
  ...aptRules,
  ...apkRules,
  ...rpmRules,
  ...zypperRules,
  ...languagePackageRules,
  ...labelRules,
];
