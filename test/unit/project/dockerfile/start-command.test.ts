import { describe, expect, it } from "vitest";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { planFor } from "./sample-plans.ts";

const code = 'import { createServer } from "node:http";\ncreateServer().listen(3000);\n';

function project(start: string, more: object = {}, files: ProjectTree = {}): ProjectTree {
  const scripts = { start, ...(more as { scripts?: object }).scripts };
  const manifest = { name: "api", type: "module", engines: { node: "24" }, ...more, scripts };
  return { "package.json": manifest, "package-lock.json": { lockfileVersion: 3 }, "main.js": code, ...files };
}

const attention = (message: unknown): object =>
  expect.objectContaining({ code: "needs-attention", message }) as object;

describe("the start script", () => {
  it.each([
    ["cross-env NODE_ENV=production LOG=json node main.js", "ENV NODE_ENV=production PORT=3000 LOG=json"],
    ["LOG='a b' TRACE=$OTHER node main.js", 'ENV NODE_ENV=production PORT=3000 LOG="a b"\n'],
  ])("gives its variables to the image: %s", async (start, variables) => {
    const { dockerfile } = await planFor(project(start));
    expect(dockerfile.text).toContain(variables);
    expect(dockerfile.text).toContain('CMD ["node", "main.js"]');
  });

  it.each(["JWT_SECRET=hunter2", "STORE=redis://app:hunter2@cache:6379"])(
    "keeps its secrets out of the image, and says so: %s",
    async (variable) => {
      const { dockerfile, warnings } = await planFor(project(`${variable} LOG=json node main.js`));
      expect(dockerfile.text).not.toContain("hunter2");
      expect(dockerfile.text).toContain("LOG=json");
      expect(warnings).toContainEqual(
        attention(expect.stringContaining("of the start script holds a secret")),
      );
    },
  );

  it("that only sets variables needs no shell, so there is nothing to warn of", async () => {
    const { warnings } = await planFor(project("cross-env LOG=json node main.js"));
    expect(warnings).not.toContainEqual(attention(expect.stringContaining("without a shell")));
    const { warnings: more } = await planFor(
      project("node migrate.js && node main.js", {}, { "migrate.js": "" }),
    );
    expect(more).toContainEqual(attention(expect.stringContaining("without a shell")));
  });

  it("gives its options for Node to the program only, not to the health check", async () => {
    const { dockerfile } = await planFor(project('NODE_OPTIONS="--max-old-space-size=512" node main.js'));
    expect(dockerfile.text).toContain('CMD ["node", "--max-old-space-size=512", "main.js"]');
    expect(dockerfile.text).not.toContain("NODE_OPTIONS");
  });

  it("of Nest builds and watches, so the one for production counts", async () => {
    const nest = {
      type: "commonjs",
      scripts: { build: "nest build", "start:prod": "node dist/main" },
      dependencies: { "@nestjs/core": "^11" },
      devDependencies: { "@nestjs/cli": "^11" },
    };
    const files = { "src/main.ts": code, "tsconfig.json": { compilerOptions: { outDir: "./dist" } } };
    const { dockerfile } = await planFor(project("nest start", nest, files));
    expect(dockerfile.text).toContain('CMD ["node", "dist/main"]');
    expect(dockerfile.text).toContain("COPY --from=build /app/dist ./dist\n");
  });

  it.each(["nx serve api", "vite preview"])(
    "that needs what is for developing is refused: %s",
    async (start) => {
      const devDependencies = { nx: "^22", vite: "^8" };
      await expect(planFor(project(start, { devDependencies }))).rejects.toMatchObject({
        code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
        message: expect.stringMatching(/package\.json:\d+\), which is for developing/) as unknown,
        hint: expect.stringContaining('"start:prod"') as unknown,
      });
    },
  );

  it("keeps tsx where production has it, in the program's own process", async () => {
    const tree = project("tsx src/main.ts --quiet", { dependencies: { tsx: "^4" } }, { "src/main.ts": code });
    const { dockerfile } = await planFor(tree);
    expect(dockerfile.text).toContain('CMD ["node", "--import", "tsx", "src/main.ts", "--quiet"]');
    // Without it, it wants to write.
    expect(dockerfile.text).toContain("TSX_DISABLE_CACHE=1");
  });

  it("keeps the options of Node that it gives to tsx", async () => {
    const start = "NODE_OPTIONS=--max-old-space-size=512 tsx --import ./trace.js src/main.ts";
    const tree = project(start, { dependencies: { tsx: "^4" } }, { "src/main.ts": code });
    expect((await planFor(tree)).dockerfile.text).toContain(
      'CMD ["node", "--max-old-space-size=512", "--import", "./trace.js", "--import", "tsx", "src/main.ts"]',
    );
  });

  it.each([
    "node --import tsx",
    "node --import=tsx/esm",
    "node -r ts-node/register",
    "NODE_OPTIONS='--import tsx' node",
  ])("leaves a runner for developing out that it loads before the program: %s", async (node) => {
    const devDependencies = { tsx: "^4", "ts-node": "^10" };
    const files = { "src/main.ts": code };
    const { dockerfile } = await planFor(project(`${node} src/main.ts`, { devDependencies }, files));
    expect(dockerfile.text).toContain('CMD ["node", "src/main.ts"]');
    const old = project(`${node} src/main.ts`, { devDependencies, engines: { node: "^20" } }, files);
    await expect(planFor(old)).rejects.toThrow("strips no types");
  });

  it("that loads another package for developing is refused", async () => {
    const start = project("node -r dotenv/config main.js", { devDependencies: { dotenv: "^17" } });
    await expect(planFor(start)).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
      message: expect.stringMatching(
        /loads "dotenv" \(package\.json:\d+\), which is for developing/,
      ) as unknown,
      hint: expect.stringContaining('Move "dotenv" to "dependencies"') as unknown,
    });
    const kept = project("node -r dotenv/config main.js", { dependencies: { dotenv: "^17" } });
    expect((await planFor(kept)).dockerfile.text).toContain('CMD ["node", "-r", "dotenv/config", "main.js"]');
  });

  it("may name the folder that the build of the framework writes", async () => {
    const more = {
      scripts: { build: "vite build" },
      devDependencies: { "@sveltejs/kit": "^2", vite: "^8" },
    };
    for (const files of [{}, { "build/index.js": "" }] as ProjectTree[]) {
      const { dockerfile } = await planFor(project("node build", more, files));
      expect(dockerfile.text).toContain('CMD ["node", "build"]');
      expect(dockerfile.text).toContain("COPY --from=build /app/build ./build\n");
    }
  });

  it("finds the program of a package beside a member and at the root of its workspace", async () => {
    const {
      "package.json": manifest,
      "main.js": _,
      ...files
    } = project("next start", {
      scripts: { build: "next build" },
      dependencies: { next: "^16" },
    });
    const tree = { ...files, "package.json": { workspaces: ["web"] }, "web/package.json": manifest ?? {} };
    const { dockerfile } = await planFor(tree, { in: "web" });
    expect(dockerfile.text).toContain('CMD ["next", "start"]');
    expect(dockerfile.text).toContain('PATH="/app/web/node_modules/.bin:/app/node_modules/.bin:${PATH}"');
  });

  it("tells of the script that a package manager would run before, unless that builds", async () => {
    const before = attention(expect.stringContaining('"prestart"'));
    const scripts = { build: "tsc", prestart: "node migrate.js" };
    expect((await planFor(project("node main.js", { scripts }))).warnings).toContainEqual(before);
    const building = { ...scripts, prestart: "npm run build" };
    expect((await planFor(project("node main.js", { scripts: building }))).warnings).not.toContainEqual(
      before,
    );
  });

  it.each([
    ["node main.js --port 4000", "4000"],
    ["node main.js -p=4000", "4000"],
    ["PORT=4000 node main.js", "4000"],
    ["node main.js", "3000"],
  ])("says where it listens, whatever the script for developing says: %s", async (start, port) => {
    const tree = project(start, { scripts: { dev: "vite --port 5173" } });
    const { dockerfile } = await planFor(tree);
    expect(dockerfile.text).toContain(`PORT=${port}`);
    expect(dockerfile.text).toContain(`EXPOSE ${port}\n`);
  });

  it("leaves tsx out where Node does without it", async () => {
    const files = { "src/main.ts": 'import "./app.ts";\n', "src/app.ts": code };
    const tree = project("tsx src/main.ts", { devDependencies: { tsx: "^4" } }, files);
    expect((await planFor(tree)).dockerfile.text).toContain('CMD ["node", "src/main.ts"]');
  });

  it.each([
    ["imports without an ending", { "src/main.ts": '\nimport "./app";\n' }, {}, "src/main.ts:2"],
    ["imports of what is compiled", { "src/main.ts": 'import "./app.js";\n' }, {}, "src/main.ts:1"],
    ["an older Node", { "src/main.ts": code }, { engines: { node: "^20" } }, "strips no types"],
    [
      "decorators",
      { "src/main.ts": code, "tsconfig.json": { compilerOptions: { experimentalDecorators: true } } },
      {},
      "tsconfig.json:3",
    ],
  ])("is refused where only tsx, which is for developing, knows %s", async (_, files, more, place) => {
    const manifest = { devDependencies: { tsx: "^4" }, ...more };
    const tree = project("tsx src/main.ts", manifest, { "src/app.ts": code, ...files });
    await expect(planFor(tree)).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
      message: expect.stringContaining(place) as unknown,
      hint: expect.stringContaining('Move "tsx" to "dependencies"') as unknown,
    });
  });

  it.each([
    ["cd server && node main.js", "goes to another folder first", "Name the file as seen from"],
    ["sh ./run.sh", "runs a shell", "Name the program itself"],
    ["./run.sh", "runs a shell", "Name the program itself"],
    ["pm2 start main.js", "leaves its program running in the background", '"pm2-runtime"'],
    ["yarn workspace web start", "needs yarn", "Name the program itself"],
    [
      "pm2-runtime start ecosystem.config.cjs",
      "starts what its configuration lists",
      "Name the program itself",
    ],
    ["./main.js", "runs a file by itself", 'Name what runs it, such as "node"'],
    ["deno run npm:serve", "is no file that could be fetched beforehand", "Name a file that imports it"],
  ])("that no container lives by is refused: %s", async (start, message, hint) => {
    await expect(planFor(project(start))).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
      message: expect.stringContaining(message) as unknown,
      hint: expect.stringContaining(hint) as unknown,
    });
  });

  it.each([
    ["node . --quiet", { main: "./main.js" }, '["node", "main.js", "--quiet"]'],
    ["yarn serve", { scripts: { serve: "node main.js" } }, '["node", "main.js"]'],
    ["pnpm serve", { scripts: { serve: "LOG=json node main.js" } }, '["node", "main.js"]'],
    ["node --run serve", { scripts: { serve: "node main.js" } }, '["node", "main.js"]'],
    ["npm run -s serve -- --quiet", { scripts: { serve: "node main.js" } }, '["node", "main.js", "--quiet"]'],
    ["node main.js | pino-pretty", {}, '["node", "main.js"]'],
    ["node main.js --quiet > out.log 2>&1", {}, '["node", "main.js", "--quiet"]'],
    ["pm2-runtime start main.js -i max -- --quiet", {}, '["node", "main.js", "--quiet"]'],
    [
      "node --env-file .env --watch-path ./src --no-warnings main.js",
      {},
      '["node", "--no-warnings", "main.js"]',
    ],
    ["node -e 'setInterval(Date, 1e6)'", {}, '["node", "-e", "setInterval(Date, 1e6)"]'],
  ])("leads to the program: %s", async (start, more, command) => {
    const { dockerfile, warnings } = await planFor(project(start, more));
    expect(dockerfile.text).toContain(`CMD ${command}\n`);
    expect(warnings.map((warning) => warning.code)).not.toContain("entry-point-missing");
  });

  it("says nothing of hooks of git, which the image has no use for", async () => {
    const { warnings } = await planFor(project("node main.js", { scripts: { prepare: "husky || true" } }));
    expect(warnings).not.toContainEqual(attention(expect.stringContaining('"prepare"')));
  });

  it("that watches its files runs them without watching", async () => {
    const tree = project("nodemon main.js", { devDependencies: { nodemon: "^3" } });
    expect((await planFor(tree)).dockerfile.text).toContain('CMD ["node", "main.js"]');
  });
});

describe("an old line of Node", () => {
  it.each([
    [">=18 <20", true],
    ["20.19.0", true],
    ["^22", false],
    [">=22", false],
  ])("is warned of when it gets no fixes: %s", async (node, isOld) => {
    const { warnings } = await planFor(project("node main.js", { engines: { node } }));
    expect(warnings.some(({ message }) => message.includes("gets no fixes"))).toBe(isOld);
  });
});
