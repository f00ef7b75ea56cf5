import { describe, expect, it } from "vitest";
import { lintDockerfile } from "@dext/project/lint";
import { parseIgnoreRules } from "../../../../hosting/src/containers/ignore-rules.ts";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { bareTree, denoTree, memberTree, npmTree, planFor, samples } from "./sample-plans.ts";

/** Without the name of the temporary folder. */
function plain(text: string): string {
  return text.replaceAll(/dext-project-\w+/g, "");
}

describe("the Dockerfile", () => {
  it("of a compiled project has a stage for each thing that changes by itself", async () => {
    const { dockerfile } = await planFor(npmTree);
    expect(dockerfile.path).toBe("Dockerfile");
    expect(dockerfile.text).toBe(`ARG REGISTRY=docker.io
ARG BASE_IMAGE=library/node:22-bookworm-slim

FROM \${REGISTRY}/\${BASE_IMAGE} AS base
WORKDIR /app

FROM base AS tools
RUN npm install --global --ignore-scripts npm@11.6.0

FROM tools AS manifests
COPY package.json package-lock.json ./

FROM manifests AS dependencies
RUN --mount=type=cache,id=npm,target=/root/.npm,sharing=locked \\
    npm ci

FROM dependencies AS build
COPY . .
RUN npm run build

FROM manifests AS production
RUN --mount=type=cache,id=npm,target=/root/.npm,sharing=locked \\
    npm ci --omit=dev

FROM base AS runtime
COPY --from=production /app/ ./
COPY --from=build /app/dist ./dist
COPY public ./public
ENV NODE_ENV=production PORT=3000
ARG VERSION="1.2.3"
ARG REVISION=""
LABEL org.opencontainers.image.title="api" \\
    org.opencontainers.image.version="\${VERSION}" \\
    org.opencontainers.image.revision="\${REVISION}"
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \\
    CMD ["node", "-e", "fetch(\\"http://127.0.0.1:\\"+(process.env.PORT||3000)+\\"/alive\\").then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
`);
  });

  it("of a Deno project fetches by the lock file and runs with the permissions of its task", async () => {
    const { dockerfile } = await planFor(denoTree);
    expect(dockerfile.text).toContain("ARG BASE_IMAGE=denoland/deno:2.9.6\n");
    expect(dockerfile.text).toContain("RUN deno install --frozen\n");
    expect(dockerfile.text).toContain("RUN deno install --frozen --entrypoint main.ts \\\n    && rm");
    expect(dockerfile.text).toContain(
      'CMD ["deno", "run", "--cached-only", "--frozen", "--allow-net", "--allow-env=PORT", "main.ts"]\n',
    );
  });

  it.each(["-R=./data", "-NE", "-qA"])(
    "of a Deno project widens no permission that is given as %s",
    async (flags) => {
      const tasks = { start: `deno run ${flags} main.ts` };
      const { dockerfile } = await planFor({
        ...denoTree,
        "deno.json": { ...(denoTree["deno.json"] as object), tasks },
      });
      expect(dockerfile.text).toContain(`"--frozen", "${flags}", "main.ts"]\n`);
    },
  );

  it("of a project without packages installs nothing and needs one stage", async () => {
    const { dockerfile } = await planFor(bareTree);
    expect(dockerfile.text).not.toContain("install");
    expect(dockerfile.text).toContain("FROM base AS runtime\nCOPY package.json ./\nCOPY server.js ./\n");
  });

  it.each([
    ["npm", "npm ci --workspace services/api --omit=dev", "npm run build --workspace packages/lib"],
    [
      "pnpm",
      "pnpm install --frozen-lockfile --prod --filter-prod @acme/api... ",
      "pnpm --filter @acme/lib run build",
    ],
    ["yarn", "yarn install --production --frozen-lockfile ", "yarn workspace @acme/lib run build"],
    ["berry", "yarn workspaces focus @acme/api --production", "yarn workspace @acme/lib run build"],
    [
      "bun",
      "bun install --frozen-lockfile --production --filter @acme/api",
      "bun run --cwd packages/lib build",
    ],
  ] as const)(
    "of a %s member installs its closure strictly and builds what it needs",
    async (manager, install, build) => {
      const plan = await planFor(memberTree(manager), { in: "services/api" });
      const { text } = plan.dockerfile;
      expect(text).toContain(`    ${install}`);
      expect(text).toContain(`RUN ${build}\n`);
      expect(text).toContain("COPY packages/lib/package.json ./packages/lib/\n");
      expect(text).toContain("COPY --from=build /app/packages/lib/dist ./packages/lib/dist\n");
      expect(text).not.toMatch(/COPY packages\/(?:other|tool)\/index/);
      const comparesAll = manager === "berry" || manager === "bun";
      expect(text.includes("packages/other/package.json")).toBe(comparesAll);
      expect(plan.dockerfile.path).toBe("services/api/Dockerfile");
      expect(plan.ignoreFile.path).toBe("services/api/Dockerfile.dockerignore");
      expect(plan.build).toEqual([
        "docker",
        "build",
        "--file",
        "services/api/Dockerfile",
        "--tag",
        "api",
        ".",
      ]);
    },
  );

  it("deploys where pnpm injects the packages of the workspace", async () => {
    const tree = memberTree("pnpm");
    const settings = `${tree["pnpm-workspace.yaml"] as string}injectWorkspacePackages: true\n`;
    const { dockerfile } = await planFor(
      { ...tree, "pnpm-workspace.yaml": settings },
      { in: "services/api" },
    );
    expect(dockerfile.text).toContain(
      "pnpm --filter @acme/api deploy --prod --store-dir /pnpm/store /deploy\n",
    );
    expect(dockerfile.text).toContain(
      "COPY --from=build /deploy/node_modules/ ./services/api/node_modules/\n",
    );
    expect(dockerfile.text).not.toContain("COPY --from=production");
  });

  it.each([
    ["app/alive/route.js", "/alive"],
    ["src/app/api/health/route.ts", "/api/health"],
    ["pages/api/alive.js", "/api/alive"],
  ])("of a Next project asks the path that %s makes", async (file, path) => {
    const plan = await planFor({
      "package.json": {
        name: "site",
        scripts: { build: "next build", start: "next start" },
        dependencies: { next: "16.0.0" },
        engines: { node: "24" },
      },
      "package-lock.json": { lockfileVersion: 3 },
      "next.config.js": 'module.exports = { output: "standalone" };\n',
      [file]: "",
    });
    expect(plan.findings).toContainEqual(
      expect.objectContaining({ subject: "health path", value: path, file }),
    );
    expect(plan.dockerfile.text).toContain(`+\\"${path}\\").then(r=>process.exit(r.ok?0:1)`);
  });

  it.each([
    ["@Controller()", '@Get("alive")', "", "/alive"],
    ["@Controller('health')", "@Get()", "", "/health"],
    ["@Controller('health')", "@Get()", 'app.setGlobalPrefix("api");', "/api/health"],
    ["@Controller('health')", "@Get()", "app.enableVersioning({ type: 0 });", undefined],
    ["@Controller('status')", "@Get('health')", "", undefined],
  ])("of a Nest project asks the path that %s and %s make, %s", async (controller, get, setting, path) => {
    const plan = await planFor({
      "package.json": {
        name: "nest-api",
        scripts: { build: "nest build", start: "nest start", "start:prod": "node dist/main" },
        dependencies: { "@nestjs/core": "^11" },
        devDependencies: { "@nestjs/cli": "^11" },
        engines: { node: "24" },
      },
      "package-lock.json": { lockfileVersion: 3 },
      "src/main.ts": `import { AppModule } from "./app.module";\n${setting}\napp.listen(process.env.PORT ?? 3000);\n`,
      "src/app.module.ts": 'import { HealthController } from "./health.controller";\n',
      "src/health.controller.ts": `${controller}\nexport class HealthController {\n  ${get}\n  look() {}\n}\n`,
    });
    const found = plan.findings.find(({ subject }) => subject === "health path");
    expect(found?.value).toBe(path);
    expect(found?.file).toBe(path && "src/health.controller.ts");
  });

  it("has compilers in the stages that build only, where a native add-on may need them", async () => {
    const manifest = { ...(npmTree["package.json"] as object), dependencies: { "better-sqlite3": "^12" } };
    const { dockerfile, findings } = await planFor({ ...npmTree, "package.json": manifest });
    expect(dockerfile.text).toContain("ARG BUILD_IMAGE=library/node:22-bookworm\n");
    expect(dockerfile.text).toContain("FROM ${REGISTRY}/${BUILD_IMAGE} AS tools\n");
    expect(dockerfile.text).toContain("FROM base AS runtime\n");
    expect(findings).toContainEqual(
      expect.objectContaining({ subject: "native add-on", value: "better-sqlite3" }),
    );
  });

  it("runs no scripts of the project before its sources are there, and says so", async () => {
    const manifest = {
      ...(npmTree["package.json"] as object),
      scripts: { build: "tsc", start: "node dist/main.js", prepare: "node hooks.js" },
      dependencies: { "better-sqlite3": "^12" },
    };
    const { dockerfile, warnings } = await planFor({ ...npmTree, "package.json": manifest });
    expect(dockerfile.text).toContain(
      "npm ci --omit=dev --ignore-scripts \\\n    && npm rebuild better-sqlite3\n",
    );
    expect(warnings.some(({ message }) => message.includes('does not run "prepare"'))).toBe(true);
  });

  it("uses newer syntax only when it is asked to", async () => {
    const { dockerfile } = await planFor(npmTree, { profile: "modern" });
    expect(dockerfile.text).toMatch(/^# syntax=docker\/dockerfile:1\n/);
    expect(dockerfile.text).toContain("COPY --link --from=build /app/dist ./dist\n");
  });

  it("names what a framework or a package needs besides", async () => {
    const manifest = {
      scripts: { build: "next build", start: "next start" },
      dependencies: { next: "^16", "@prisma/client": "^7", playwright: "^1" },
    };
    const { warnings, dockerfile } = await planFor({ "package.json": manifest, "package-lock.json": {} });
    const messages = warnings.map(({ message }) => message).join("\n");
    expect(messages).toMatch(/standalone[^]*|Prisma[^]*|Playwright/);
    for (const word of ["standalone", "Prisma", "Playwright"]) expect(messages).toContain(word);
    expect(dockerfile.text).toContain('CMD ["node_modules/.bin/next", "start"]\n');
    expect(dockerfile.text).toContain("COPY --from=build /app/.next ./.next\n");
    expect(dockerfile.text).toContain("HOSTNAME=0.0.0.0");
  });
});

describe("the build stage of a member", () => {
  it("builds each package right behind its sources, the project last", async () => {
    const tree = memberTree("npm");
    const { dockerfile } = await planFor(
      {
        ...tree,
        "tsconfig.json": { files: [], references: [{ path: "packages/lib" }] },
        "services/api/package.json": {
          ...(tree["services/api/package.json"] as object),
          scripts: { build: "tsc", start: "node dist/main.js" },
        },
      },
      { in: "services/api" },
    );
    const stage = /AS build\n([^]*?)\n\n/.exec(dockerfile.text)?.[1];
    expect(stage?.split("\n")).toEqual([
      "COPY tsconfig.base.json ./",
      "COPY packages/lib ./packages/lib",
      "RUN npm run build --workspace packages/lib",
      "COPY packages/tool ./packages/tool",
      "COPY services/api ./services/api",
      "RUN npm run build --workspace services/api",
    ]);
  });

  it("has what a build names outside of its package", async () => {
    const tree = memberTree("npm");
    const lib = tree["packages/lib/package.json"] as object;
    const { dockerfile, ignoreFile } = await planFor(
      {
        ...tree,
        "packages/lib/package.json": {
          ...lib,
          scripts: { build: "node ../../scripts/build.ts ../other/x ../../../y" },
        },
        "scripts/build.ts": "",
      },
      { in: "services/api" },
    );
    expect(dockerfile.text).toContain("COPY scripts ./scripts\nCOPY packages/lib ./packages/lib\nRUN ");
    expect(ignoreFile.text).toContain("\n!scripts\n");
    expect(ignoreFile.text).not.toContain("packages/other");
  });
});

function serviceTree(source: string): ProjectTree {
  return {
    "package.json": { type: "module", main: "main.js", dependencies: { "@dext/service": "0.1.0" } },
    "package-lock.json": {},
    "main.js": source,
  };
}

describe("a project of @dext/service", () => {
  it("listens and is asked where that does by itself", async () => {
    const { dockerfile, warnings } = await planFor(
      serviceTree(
        'import { createService } from "@dext/service";\nawait createService({ name: "a" }).serve(() => {});\n',
      ),
    );
    expect(dockerfile.text).toContain("EXPOSE 8080\n");
    expect(dockerfile.text).toContain('+\\"/alive\\")');
    expect(warnings.filter(({ message }) => !message.includes("which Node"))).toEqual([]);
  });

  it("is asked nothing when it is a job that serves nothing", async () => {
    const { dockerfile } = await planFor(serviceTree('import { createHttpClient } from "@dext/service";\n'));
    expect(dockerfile.text).toContain("HEALTHCHECK NONE\n");
  });
});

describe("a project of Deno whose packages npm installs", () => {
  it("looks for modules where they are, and for no other member", async () => {
    const tree = memberTree("npm");
    const api = { name: "@acme/api", version: "1.0.0", dependencies: { hono: "^4" } };
    const { dockerfile } = await planFor(
      {
        ...tree,
        "services/api/package.json": api,
        "services/api/deno.json": { tasks: { start: "deno run --allow-net src/main.ts" } },
      },
      { in: "services/api" },
    );
    const { text } = dockerfile;
    expect(text).toContain("npm ci --workspace services/api --omit=dev");
    expect(text).toContain("ENV DENO_NO_PACKAGE_JSON=1 PORT=");
    expect(text).toContain('"--frozen", "--node-modules-dir=manual", "--allow-net", "src/main.ts"]');
  });
});

describe("a project of Next that stands alone", () => {
  it("starts the server of the build with what that has traced, and no other module", async () => {
    const { dockerfile, warnings } = await planFor({
      "package.json": {
        scripts: { build: "next build", start: "next start" },
        dependencies: { next: "^16" },
      },
      "package-lock.json": {},
      "next.config.ts": 'export default {\n  output: "standalone",\n};\n',
      "public/logo.svg": "",
      "app/page.tsx": "",
    });
    const last = dockerfile.text.slice(dockerfile.text.lastIndexOf("\nFROM "));
    expect(last.match(/^COPY .*$/gm)).toEqual([
      "COPY --from=build /app/.next/standalone/ ./",
      "COPY public ./public",
      "COPY --from=build /app/.next/static ./.next/static",
    ]);
    expect(last).toContain('CMD ["node", "server.js"]\n');
    expect(last).toContain("HOSTNAME=0.0.0.0");
    expect(dockerfile.text).not.toContain("AS production");
    expect(warnings.map(({ message }) => message).join()).not.toContain("standalone");
  });
});

describe("secrets of a private registry", () => {
  it("are mounted where the settings name a variable", async () => {
    const npmrc = "registry=https://npm.example.com/\n//npm.example.com/:_authToken=${NPM_TOKEN}\n";
    const { dockerfile, secrets, build } = await planFor({ ...npmTree, ".npmrc": npmrc });
    expect(dockerfile.text).toContain("--mount=type=secret,id=NPM_TOKEN \\\n");
    expect(dockerfile.text).toContain('export NPM_TOKEN="$(cat /run/secrets/NPM_TOKEN)" && npm ci');
    expect(dockerfile.text).toContain("COPY package.json package-lock.json .npmrc ./\n");
    expect(secrets).toMatchObject([{ id: "NPM_TOKEN", from: "environment" }]);
    expect(build.join(" ")).toContain("--secret id=NPM_TOKEN,env=NPM_TOKEN");
  });

  it("never get into the context where they stand in plain text", async () => {
    const npmrc = "//npm.example.com/:_authToken=npm_0123456789\n";
    const plan = await planFor({ ...npmTree, ".npmrc": npmrc });
    expect(plan.ignoreFile.text).not.toContain(".npmrc");
    expect(plan.dockerfile.text).not.toContain("npm_0123456789");
    expect(plan.dockerfile.text).toContain("--mount=type=secret,id=npmrc,target=/app/.npmrc \\\n");
    expect(plan.dockerfile.text).not.toMatch(/^COPY.*\.npmrc/m);
    expect(plan.warnings).toContainEqual(expect.objectContaining({ file: ".npmrc", line: 1 }));
    expect(plan.build.join(" ")).toContain("--secret id=npmrc,src=.npmrc ");
  });

  it.each([
    ["npm", { ".npmrc": "registry=https://me:hunter2@npm.example.com/\n" }, ".npmrc"],
    [
      "bun",
      { "bunfig.toml": '[install.scopes]\nacme = { token = "hunter2", url = "https://x/" }\n' },
      "bunfig.toml",
    ],
    ["berry", { ".yarnrc.yml": 'npmScopes: { acme: { npmAuthToken: "hunter2" } }\n' }, ".yarnrc.yml"],
  ] as const)("are found wherever they stand in the settings of %s", async (manager, files, name) => {
    const plan = await planFor({ ...memberTree(manager), ...files }, { in: "services/api" });
    expect(plan.ignoreFile.text).not.toContain(name);
    expect(plan.dockerfile.text).toContain(`target=/app/${name}`);
    const variables = Object.values(files).map((text) => text.replace("hunter2", "${REGISTRY_KEY}"));
    const named = await planFor(
      { ...memberTree(manager), [name]: variables[0] ?? "" },
      { in: "services/api" },
    );
    expect(named.secrets).toMatchObject([{ id: "REGISTRY_KEY", from: "environment" }]);
  });

  it.each(["yarn", "berry"] as const)(
    "are empty when %s builds, which ends where one is not set",
    async (manager) => {
      const settings = manager === "yarn" ? "//x/:_authToken=${NPM_TOKEN}\n" : "npmAuthToken: ${NPM_TOKEN}\n";
      const name = manager === "yarn" ? ".npmrc" : ".yarnrc.yml";
      const { dockerfile } = await planFor(
        { ...memberTree(manager), [name]: settings },
        { in: "services/api" },
      );
      expect(dockerfile.text).toContain("RUN NPM_TOKEN= yarn workspace @acme/lib run build\n");
    },
  );

  it("are lent to Deno, too", async () => {
    const npmrc = "//npm.example.com/:_authToken=${NPM_TOKEN}\n";
    const { dockerfile } = await planFor({ ...denoTree, ".npmrc": npmrc });
    expect(dockerfile.text.match(/--mount=type=secret,id=NPM_TOKEN/g)).toHaveLength(2);
    expect(dockerfile.text).toContain(
      'export NPM_TOKEN="$(cat /run/secrets/NPM_TOKEN)" && deno install --frozen\n',
    );
  });
});

describe("an install by Yarn", () => {
  it("runs the scripts of packages, and none of members, whose sources are not there yet", async () => {
    const other = { name: "@acme/other", version: "1.0.0", scripts: { postinstall: "node setup.js" } };
    const tree = { ...memberTree("berry"), "packages/other/package.json": other };
    const { dockerfile } = await planFor(tree, { in: "services/api" });
    expect(dockerfile.text).toContain(
      "npm --prefix packages/other pkg delete scripts.preinstall scripts.install scripts.postinstall \\\n    && yarn install --immutable\n",
    );
    expect(dockerfile.text).not.toContain("YARN_ENABLE_SCRIPTS");
  });

  it("and not by Bun, which is told, as it runs those of members and of packages or none", async () => {
    const scripts = { postinstall: "node setup.js" };
    const root = {
      ...(memberTree("bun")["package.json"] as object),
      scripts,
      trustedDependencies: ["esbuild"],
    };
    const { dockerfile, warnings } = await planFor(
      { ...memberTree("bun"), "package.json": root },
      { in: "services/api" },
    );
    expect(dockerfile.text).toContain("bun install --frozen-lockfile --ignore-scripts");
    expect(warnings.map(({ message }) => message).join()).toContain("esbuild may not work");
  });

  it("takes the Yarn 1 that was installed, whatever .yarnrc forwards to", async () => {
    const yarnrc = 'yarn-path ".yarn/releases/yarn-1.22.19.cjs"\n';
    const { dockerfile } = await planFor(
      { ...memberTree("yarn"), ".yarnrc": yarnrc },
      { in: "services/api" },
    );
    expect(dockerfile.text).toContain('YARN_IGNORE_PATH="1"');
  });
});

it("a Dockerfile for Deno has the import map before the install", async () => {
  const { imports, ...configuration } = denoTree["deno.json"] as { imports: object };
  const { dockerfile } = await planFor({
    ...denoTree,
    "deno.json": { ...configuration, importMap: "./maps/import_map.json" },
    "maps/import_map.json": { imports },
  });
  const [, stage = ""] = dockerfile.text.split("AS dependencies\n");
  expect(stage.slice(0, stage.indexOf("deno install"))).toContain("COPY maps/import_map.json ./maps/\n");
});

describe.each(samples)("the plan of %s", (_name, tree, folder) => {
  it("keeps to what old engines know, and runs without root and without a shell", async () => {
    const { dockerfile } = await planFor(tree, { in: folder });
    const { text } = dockerfile;
    expect(text).not.toMatch(/<<|--link|--parents|# syntax|corepack/i);
    const last = text.slice(text.lastIndexOf("\nFROM "));
    expect(last).toContain("\nUSER 1000:1000\n");
    expect(last).toMatch(/\nHEALTHCHECK .*\\\n {4}CMD \[/);
    const command = /^CMD (.*)$/m.exec(last)?.[1] ?? "";
    expect(JSON.parse(command)).toBeInstanceOf(Array);
    expect(text).not.toMatch(/^(?:CMD|ENTRYPOINT) [^[]/m);
    expect(last).not.toMatch(/^RUN/m);
  });

  it("has no finding of the linter", async () => {
    const { dockerfile, ignoreFile } = await planFor(tree, { in: folder });
    expect(lintDockerfile(dockerfile.text, { ignoreFile: ignoreFile.text })).toEqual([]);
  });

  it("gives the reason of each line, and where findings rest", async () => {
    const { dockerfile, lines, findings } = await planFor(tree, { in: folder });
    expect(lines.map(({ text }) => text).join("\n")).toBe(dockerfile.text.trimEnd());
    const bare = lines.filter(({ text, because }) => text !== "" && (because ?? "") === "");
    expect(bare).toEqual([]);
    const subjects = findings.map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(["runtime", "package manager", "start", "port"]));
  });

  it("lets no key into the context wherever it lies", async () => {
    const { ignoreFile } = await planFor(tree, { in: folder });
    for (const name of ["*.pem", "*.key", "*.p12", "*.keystore", "id_rsa"])
      expect(ignoreFile.text).toContain(`\n**/${name}\n`);
  });

  it("lets into the context what it copies, and no secret, test or module", async () => {
    const { dockerfile, ignoreFile } = await planFor(tree, { in: folder });
    const rules = parseIgnoreRules(ignoreFile.text);
    const copied = [...dockerfile.text.matchAll(/^COPY (?!--from)(.*)$/gm)]
      .flatMap(([, words = ""]) => words.split(" ").slice(0, -1))
      .filter((source) => source !== ".");
    const isIn = (source: string): boolean => !rules.ignores(source) || rules.mayWantBelow(source);
    expect(copied.filter((source) => !isIn(source))).toEqual([]);
    const prefix = folder === "." ? "" : `${folder}/`;
    const names = [
      [".env", "src/.env.local", "tls.key", ".git/config"],
      ["node_modules/x.js", "src/a.test.ts", "Dockerfile", "README.md"],
    ].flat();
    expect(names.filter((name) => !rules.ignores(prefix + name))).toEqual([]);
  });

  it("is the same again", async () => {
    const first = await planFor(tree, { in: folder });
    const second = await planFor(tree, { in: folder });
    expect(plain(first.dockerfile.text)).toBe(plain(second.dockerfile.text));
    expect(first.ignoreFile.text).toBe(second.ignoreFile.text);
  });
});
