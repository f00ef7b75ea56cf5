import { detectProject, findRole } from "@dext/project";
import { expect, it } from "vitest";
import { targetFolder } from "../../fixtures/generators/target-folder.ts";

it.each<[string, Readonly<Record<string, string>>, string]>([
  ["a program", { start: "node server.js" }, "service"],
  ["a development server", { dev: "vite" }, "service"],
  ["a program behind other scripts", { dev: "npm run env -- next dev", env: "dotenv -e .env --" }, "service"],
  [
    "a program behind a script without dashes",
    { dev: "pnpm env next dev", env: "dotenv -e .env --" },
    "service",
  ],
  ["a watching compiler", { dev: "rimraf dist && tsc --watch" }, "build"],
  ["a watching bundler", { dev: "vite build --watch" }, "build"],
  ["several compilers", { dev: 'concurrently "tsc -w" "vite build --watch"' }, "build"],
  ["a compiler and a program", { dev: 'concurrently "tsc -w" "node --watch out.js"' }, "service"],
  [
    "a bundler that runs what it has made",
    { dev: "tsup --watch --onSuccess 'node dist/main.js'" },
    "service",
  ],
  ["what runs others", { dev: "turbo run dev" }, "orchestrator"],
  ["scripts of other packages", { dev: "pnpm --filter web dev" }, "orchestrator"],
  ["the AppHost itself", { start: "dext run" }, "none"],
  ["a circle of scripts", { dev: "npm run start", start: "npm run dev" }, "none"],
  ["nothing to run", { build: "tsc" }, "none"],
])("a project whose script is %s has that role", async (_, scripts, wanted) => {
  const folder = await targetFolder({ "package.json": JSON.stringify({ scripts }) });
  expect(findRole(await detectProject(folder))).toBe(wanted);
});
