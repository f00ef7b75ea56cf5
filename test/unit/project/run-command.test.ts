import { execFile } from "node:child_process";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { detectProject, planRunCommand } from "@dext/project";
import type { RunCommand } from "@dext/project";
import { describe, expect, test } from "vitest";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

describe("planRunCommand prefers", () => {
  test("the script dev to the script start", async () => {
    const command = await plan({
      "package.json": { scripts: { start: "node a.js", dev: "node --watch a.js" } },
    });
    expect(shown(command)).toBe("npm run dev");
    expect(command).toMatchObject({ script: "dev", file: "package.json", line: 4, port: "environment" });
  });

  test("the script start to an entry point", async () => {
    expect(shown(await plan({ "package.json": { scripts: { start: "node a.js" } }, "a.js": "" }))).toBe(
      "npm run start",
    );
  });

  test("the entry point when there is no script of these names", async () => {
    const command = await plan({ "package.json": { scripts: { test: "vitest" } }, "src/main.ts": "" });
    expect(shown(command)).toBe("node src/main.ts");
    expect(command).toMatchObject({ entryPoint: "src/main.ts", port: "environment" });
    expect(command.because).toContain("src/main.ts");
  });

  test("a script that was asked for to all of them", async () => {
    const tree = { "package.json": { scripts: { dev: "node a.js", worker: "node b.js" } } };
    expect(shown(await plan(tree, { script: "worker" }))).toBe("npm run worker");
  });

  test("an entry point that was asked for to all of them", async () => {
    const tree = { "package.json": { scripts: { dev: "node a.js" } }, "b.ts": "" };
    expect(shown(await plan(tree, { entryPoint: "b.ts", args: ["--fast"] }))).toBe("node b.ts --fast");
  });
});

describe("planRunCommand passes Vite's port", () => {
  const vite = { scripts: { dev: "vite" }, devDependencies: { vite: "^7.0.0" } };

  test.each([
    ["npm@11.0.0", "npm run dev -- --port {port} --strictPort"],
    ["pnpm@10.1.0", "pnpm run dev --port {port} --strictPort"],
    ["pnpm@6.35.1", "pnpm run dev -- --port {port} --strictPort"],
    ["yarn@1.22.22", "yarn run dev --port {port} --strictPort"],
    ["yarn@4.9.0", "yarn run dev --port {port} --strictPort"],
    ["bun@1.3.0", "bun run dev --port {port} --strictPort"],
  ])("through %s", async (packageManager, expected) => {
    const command = await plan({ "package.json": { packageManager, ...vite } });
    expect(shown(command)).toBe(expected);
    expect(command.port).toBe("arguments");
  });

  test("through a task of Deno", async () => {
    const tree = {
      "deno.json": { tasks: { dev: "deno run -A npm:vite" }, imports: { vite: "npm:vite@^7" } },
    };
    expect(shown(await plan(tree))).toBe("deno task dev --port {port} --strictPort");
  });

  test.each([
    "vite",
    "vite dev",
    "vite serve --host",
    "vite ./web",
    "vite --port 3000",
    "NODE_ENV=development vite",
    "cross-env NODE_ENV=development vite",
    "npx vite",
    "pnpm exec vite",
    "node ./node_modules/vite/bin/vite.js",
    "./node_modules/.bin/vite",
    "dotenv -e .env -- vite",
    "npm run codegen && vite",
  ])("to the script %j", async (dev) => {
    expect(shown(await plan({ "package.json": { scripts: { dev, codegen: "node gen.js" } } }))).toBe(
      "npm run dev -- --port {port} --strictPort",
    );
  });

  test.each(["vite build --watch", "vite optimize", "vitest", "echo vite", "node server.js", "tsc -w"])(
    "not to the script %j",
    async (dev) => {
      const command = await plan({ "package.json": { scripts: { dev }, devDependencies: { vite: "^7" } } });
      expect(shown(command)).toBe("npm run dev");
      expect(command).toMatchObject({ port: "environment", warnings: [] });
    },
  );

  test("through a script that runs another script with npm", async () => {
    const scripts = { dev: "npm run web", web: "vite" };
    expect(shown(await plan({ "package.json": { scripts } }))).toBe(
      "npm run dev -- -- --port {port} --strictPort",
    );
  });

  test("through a script that hands its arguments on by itself", async () => {
    const scripts = { dev: "npm run web --", web: "vite" };
    expect(shown(await plan({ "package.json": { scripts } }))).toBe(
      "npm run dev -- --port {port} --strictPort",
    );
  });

  test("not where the server is out of reach, and says so", async () => {
    for (const dev of [
      'concurrently "vite" "tsc -w"',
      "vite & node api.js",
      "run-p web css",
      "npm run web && echo",
    ]) {
      const command = await plan({ "package.json": { scripts: { dev, web: "vite", css: "tailwindcss" } } });
      expect(shown(command)).toBe("npm run dev");
      expect(command.warnings).toMatchObject([{ code: "port-not-passed", file: "package.json", line: 3 }]);
    }
  });

  test("not in a circle of scripts", async () => {
    const scripts = { dev: "npm run web", web: "npm run dev" };
    expect(shown(await plan({ "package.json": { scripts } }))).toBe("npm run dev");
  });
});

describe("the port that is planned reaches the server", () => {
  const scripts = { dev: "npm run web", web: "vite --host", own: "vite", "task:web": "deno task own" };
  // Stands in for Vite: says what it was given.
  const vite = '#!/usr/bin/env node\nconsole.log("given", JSON.stringify(process.argv.slice(2)));\n';

  test.each([
    ["dev", { "package.json": { scripts } }, ["--host", "--port", "4321", "--strictPort"]],
    ["own", { "package.json": { scripts } }, ["--port", "4321", "--strictPort"]],
    ["own", { "deno.json": { tasks: scripts } }, ["--port", "4321", "--strictPort"]],
    ["task:web", { "deno.json": { tasks: scripts } }, ["--port", "4321", "--strictPort"]],
  ])("of script %s in %j", async (script, tree, expected) => {
    const folder = await projectTree({ "package.json": {}, ...tree, "node_modules/.bin/vite": vite });
    await chmod(join(folder, "node_modules/.bin/vite"), 0o755);
    const { command, args, cwd } = planRunCommand(await detectProject(folder), { script });
    const filled = args.map((arg) => (typeof arg === "string" ? arg : "4321"));
    const { stdout, stderr } = await promisify(execFile)(command, filled, { cwd });
    const given = /^given (.*)$/m.exec(stdout)?.[1] ?? `nothing: ${stdout}${stderr}`;
    expect(JSON.parse(given)).toEqual(expected);
  });
});

describe("planRunCommand gives other servers", () => {
  test.each([
    ["next dev", "npm run dev", "environment"],
    ["nuxt dev", "npm run dev", "environment"],
    ["nest start --watch", "npm run dev", "environment"],
    ["astro dev", "npm run dev -- --port {port}", "arguments"],
    ["react-router dev", "npm run dev -- --port {port} --strictPort", "arguments"],
    ["remix vite:dev", "npm run dev -- --port {port} --strictPort", "arguments"],
    ["ng serve", "npm run dev -- --port {port}", "arguments"],
  ])("%s: %s", async (dev, expected, port) => {
    const command = await plan({ "package.json": { scripts: { dev } } });
    expect(shown(command)).toBe(expected);
    expect(command.port).toBe(port);
  });
});

describe("planRunCommand runs a file", () => {
  test("with all permissions in Deno when nothing says less", async () => {
    expect(shown(await plan({ "deno.json": {}, "main.ts": "" }))).toBe("deno run -A main.ts");
  });

  test("with the permissions of the configuration", async () => {
    const tree = { "deno.json": { permissions: { default: { net: true } } }, "main.ts": "" };
    expect(shown(await plan(tree))).toBe("deno run -P main.ts");
  });

  test("with the flags of the task that runs the same file", async () => {
    const tree = {
      "deno.json": { tasks: { serve: "deno run --allow-net --allow-env=PORT main.ts" } },
      "main.ts": "",
    };
    expect(shown(await plan(tree, { entryPoint: "main.ts" }))).toBe(
      "deno run --allow-net --allow-env=PORT main.ts",
    );
  });

  test("with Bun", async () => {
    expect(shown(await plan({ "package.json": {}, "bun.lock": "{}", "index.tsx": "" }))).toBe(
      "bun run index.tsx",
    );
  });
});

describe("planRunCommand refuses", () => {
  test("a script that does not exist, with those that do and the nearest name", async () => {
    const project = await detectProject(
      await projectTree({ "package.json": { scripts: { worker: "node w.js", dev: "node d.js" } } }),
    );
    expect(() => planRunCommand(project, { script: "wroker" })).toThrow(
      expect.objectContaining({
        code: "DEXT_PROJECT_SCRIPT_UNKNOWN",
        message: expect.stringContaining('"worker", "dev"') as string,
        hint: 'Did you mean "worker"?',
      }),
    );
  });

  test("a script called constructor where there is none", async () => {
    const project = await detectProject(await projectTree({ "package.json": {} }));
    for (const script of ["constructor", "__proto__", "toString"]) {
      expect(() => planRunCommand(project, { script })).toThrow(
        expect.objectContaining({ code: "DEXT_PROJECT_SCRIPT_UNKNOWN" }),
      );
    }
  });

  test("a project without script and entry point", async () => {
    const project = await detectProject(await projectTree({ "package.json": { scripts: { test: "x" } } }));
    expect(() => planRunCommand(project)).toThrow(
      expect.objectContaining({
        code: "DEXT_PROJECT_NO_ENTRY_POINT",
        message: expect.stringContaining(project.directory) as string,
      }),
    );
  });
});

async function plan(tree: ProjectTree, options?: Parameters<typeof planRunCommand>[1]): Promise<RunCommand> {
  return planRunCommand(await detectProject(await projectTree(tree)), options);
}

function shown({ command, args }: RunCommand): string {
  return [command, ...args.map((arg) => (typeof arg === "string" ? arg : "{port}"))].join(" ");
}
