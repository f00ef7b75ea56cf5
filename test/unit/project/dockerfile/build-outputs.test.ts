import { describe, expect, it } from "vitest";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { planFor } from "./sample-plans.ts";

function project(scripts: object, packages: readonly string[], files: ProjectTree): ProjectTree {
  const devDependencies = Object.fromEntries(packages.map((name) => [name, "*"]));
  const manifest = { name: "web", type: "module", engines: { node: "24" }, scripts, devDependencies };
  return { "package.json": manifest, "package-lock.json": { lockfileVersion: 3 }, ...files };
}

/** What the last stage copies. */
async function copied(tree: ProjectTree): Promise<readonly string[]> {
  const { dockerfile } = await planFor(tree);
  const [, last = ""] = dockerfile.text.split(" AS runtime\n");
  return (last.match(/^COPY .*$/gm) ?? []).filter((line) => !line.includes("--from=production"));
}

/** The warnings for a project that starts its source and has such a build. */
async function warnedOf(build: string): Promise<string> {
  const tree = project({ build, start: "node server.js" }, ["x"], { "server.js": "" });
  return (await planFor(tree)).warnings.map(({ message }) => message).join();
}

describe("a server that runs as it stands beside what a build makes for browsers", () => {
  const files = { "server.js": "", "index.html": "" };
  it.each<[string, object, readonly string[], ProjectTree, readonly string[]]>([
    [
      "by Vite",
      { build: "vite build", start: "node server.js" },
      ["express", "vite"],
      files,
      ["COPY index.html server.js ./", "COPY --from=build /app/dist ./dist"],
    ],
    [
      "by Vite, which is told where",
      { build: "npm run build:web", "build:web": "vite build", start: "node server.js" },
      ["vite"],
      { ...files, "vite.config.ts": 'export default { build: { outDir: "./web/assets" } };' },
      ["COPY index.html server.js ./", "COPY --from=build /app/web ./web"],
    ],
    [
      "by Next",
      { build: "next build", start: "node server.js" },
      ["next"],
      { "server.js": "", "app/page.tsx": "", "next.config.js": "" },
      ["COPY next.config.js server.js ./", "COPY app ./app", "COPY --from=build /app/.next ./.next"],
    ],
  ])("has both: %s", async (_, scripts, packages, tree, expected) => {
    expect(await copied(project(scripts, packages, tree))).toEqual(expected);
  });

  it("is told that the image lacks what another build makes", async () => {
    expect(await warnedOf("tailwindcss -o public/app.css")).toContain("what it makes is not in the image");
    expect(await warnedOf("tsc --noEmit")).not.toContain("what it makes");
  });
});

describe("what a build writes", () => {
  it("is where the start script looks, not where a compiler that is not run would put it", async () => {
    const tree = project({ build: "tsup", start: "node dist/main.js" }, ["tsup"], {
      "src/main.ts": "",
      "tsconfig.json": { compilerOptions: { outDir: "lib" } },
    });
    expect(await copied(tree)).toEqual(["COPY --from=build /app/dist ./dist"]);
  });

  it("is where the framework puts it, whatever that builds with", async () => {
    const tree = project({ build: "vite build", start: "node build" }, ["@sveltejs/kit", "vite"], {
      "src/app.html": "",
    });
    expect(await copied(tree)).toEqual(["COPY --from=build /app/build ./build"]);
  });

  it.each([
    ["dist", "deno run -N -E dist/main.js", {}],
    ["_fresh", "deno serve -A _fresh/server.js", { fresh: "jsr:@fresh/core@^2" }],
  ])("is copied where a task of Deno builds: %s", async (folder, start, imports) => {
    const tasks = { build: "deno run -A build.ts", start };
    const tree: ProjectTree = {
      "deno.json": { tasks, imports },
      "deno.lock": {},
      "build.ts": "",
      "src/main.ts": "",
    };
    for (const files of [tree, { ...tree, [`${folder}/main.js`]: "", ".gitignore": `${folder}\n` }]) {
      const lines = await copied(files);
      expect(lines).toContain(`COPY --from=build /app/${folder} ./${folder}`);
      expect(lines.join()).not.toContain("src");
    }
  });

  it("comes with the settings that Next reads when it runs", async () => {
    const tree = project({ build: "next build", start: "next start" }, [], {
      "next.config.mjs": "",
      "app/page.tsx": "",
    });
    const manifest = {
      ...(tree["package.json"] as object),
      devDependencies: {},
      dependencies: { next: "^16" },
    };
    expect(await copied({ ...tree, "package.json": manifest })).toEqual([
      "COPY --from=build /app/.next ./.next",
      "COPY next.config.mjs ./next.config.mjs",
    ]);
  });
});
