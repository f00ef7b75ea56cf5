import { defineGenerator } from "../generator/definition.ts";
import type { Answers, GeneratorDefinition, Prompt } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import { dextVersion, vendoredPlace, vendoredPlaces } from "./dext-packages.ts";
import { isExactVersion, packageManagers } from "./package-managers.ts";
import type { PackageManagerName } from "./package-managers.ts";
import { draftService, jsonText, serviceChoices } from "./service-files.ts";
import { typeScriptVersions } from "./service-manifest.ts";
import { namePrompt, servicePrompts } from "./service-prompts.ts";
import type { ServiceKind, ServiceRuntime } from "./service-prompts.ts";

/** The generator behind `dext new app`: a repository that runs at once. */
export const appGenerator: GeneratorDefinition = defineGenerator({
  name: "app",
  description: "A repository with an AppHost and a first service",
  prompts: [namePrompt("What is the system called?"), ...servicePrompts, versionPrompt()],
  plan(draft, { answers }) {
    const app = appOf(answers);
    draftRoot(draft, app);
    draftService(draft, {
      name: firstService[app.kind],
      ...serviceChoices(answers),
      scope: `@${app.name}`,
      appHost: "apphost.ts",
    });
    draft.followUp({ kind: "install", directory: ".", packageManager: app.packageManager });
    draft.followUp({ kind: "git-init", directory: "." });
    draft.followUp({ kind: "next-step", text: `${app.packageManager} run start` });
  },
});

/** Found out by whoever runs the generator; without it nothing is pinned. */
function versionPrompt(): Prompt {
  return {
    name: "packageManagerVersion",
    type: "text",
    message: "Which version of the package manager does everybody use?",
    default: "",
    optional: true,
    validate: (value) =>
      value === "" || isExactVersion(String(value)) || "wanted an exact version such as 11.19.0",
  };
}

interface AppPlan {
  readonly name: string;
  readonly runtime: ServiceRuntime;
  readonly kind: ServiceKind;
  readonly packageManager: PackageManagerName;
  /** The exact version that everybody uses; undefined when it is not known. */
  readonly packageManagerVersion: string | undefined;
  readonly vendored: boolean;
}

const firstService: Readonly<Record<ServiceKind, string>> = { api: "api", worker: "worker", plain: "web" };

function appOf(answers: Answers): AppPlan {
  const version = answers["packageManagerVersion"];
  return {
    name: answers["name"] as string,
    runtime: answers["runtime"] as ServiceRuntime,
    kind: answers["kind"] as ServiceKind,
    packageManager: answers["packageManager"] as PackageManagerName,
    packageManagerVersion: typeof version === "string" && version !== "" ? version : undefined,
    vendored: answers["vendored"] === true,
  };
}

function draftRoot(draft: Draft, app: AppPlan): void {
  const { packageManager, runtime, vendored } = app;
  const data = {
    usesDeno: runtime === "deno",
    usesBun: runtime === "bun",
    strictInstall: packageManagers[packageManager].strictInstall,
    version: app.packageManagerVersion,
    overrides: vendored ? vendoredPlaces() : undefined,
  };
  draft.add({ path: "package.json", text: jsonText(manifestOf(app)) });
  for (const [path, template] of Object.entries(rootTemplates)) draft.add({ path, template, data });
  if (packageManager === "pnpm") {
    draft.add({ path: "pnpm-workspace.yaml", template: "app/pnpm-workspace.yaml.ejs", data });
  }
  if (packageManager === "yarn") draft.add({ path: ".yarnrc.yml", template: "app/yarnrc.yml.ejs", data });
  if (packageManager === "bun") draft.add({ path: "bunfig.toml", template: "app/bunfig.toml.ejs", data });
}

const rootTemplates: Readonly<Record<string, string>> = {
  "apphost.ts": "app/apphost.ts.ejs",
  "tsconfig.json": "app/tsconfig.json.ejs",
  ".gitignore": "app/gitignore.ejs",
  ".oxlintrc.json": "app/oxlintrc.json.ejs",
  "README.md": "app/README.md.ejs",
  ".github/workflows/ci.yml": "app/ci.yml.ejs",
};

function manifestOf({ name, packageManager, packageManagerVersion, vendored }: AppPlan): object {
  const place = (each: string): string => (vendored ? vendoredPlace(each) : dextVersion());
  const { everywhere } = packageManagers[packageManager];
  return {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    // pnpm has its own file; without the field Deno would write it when it first sees that file.
    workspaces: ["components/*", "services/*"],
    scripts: {
      start: "dext run",
      check: `tsc --noEmit && ${everywhere("check")}`,
      lint: `oxlint && ${everywhere("lint")}`,
      test: everywhere("test"),
    },
    devDependencies: {
      "@dext/hosting": place("@dext/hosting"),
      "@types/node": typeScriptVersions["@types/node"],
      dext: place("dext"),
      oxlint: "^1.94.0",
      typescript: typeScriptVersions["typescript"],
    },
    ...(vendored ? pins(packageManager) : {}),
    engines: { node: ">=22.18" },
    ...(packageManagerVersion === undefined
      ? {}
      : { packageManager: `${packageManager}@${packageManagerVersion}` }),
  };
}

/** pnpm has them in its own file. */
function pins(packageManager: PackageManagerName): object {
  if (packageManager === "pnpm") return {};
  return { [packageManager === "yarn" ? "resolutions" : "overrides"]: vendoredPlaces() };
}
