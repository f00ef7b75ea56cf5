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
