import { detectProject } from "@dext/project";
import { expect, it } from "vitest";
import type { FoundProject } from "../../../../../generators/src/apphost/existing/find-projects.ts";
import { launchOf } from "../../../../../generators/src/apphost/existing/launch.ts";
import { targetFolder } from "../../../../fixtures/generators/target-folder.ts";

/** What a line becomes in a repository with a root, `web` and `packages/api`, which is called `@acme/api`. */
async function understood(line: string): Promise<string> {
  const root = await targetFolder({
    "package.json": '{ "scripts": { "start": "node a.js", "work": "node w.js" } }',
    "web/package.json": '{ "name": "web", "scripts": { "dev": "vite", "start": "vite preview" } }',
    "packages/api/package.json": '{ "name": "@acme/api", "scripts": { "start": "node a.js" } }',
  });
  const paths = [".", "web", "packages/api"];
  const projects = await Promise.all(
    paths.map(async (path): Promise<FoundProject> => {
      const description = await detectProject(`${root}/${path}`);
      const name = description.name ?? "root";
      return { path, name, description, place: { file: "" }, isService: true, serves: true };
    }),
  );
  const launch = launchOf(line, { folder: ".", projects });
  const variables = launch.environment.map(([name, value]) => `${name}=${value} `).join("");
  if (launch.kind === "program")
    return `${variables}${launch.folder}: ${JSON.stringify([launch.command, ...launch.args])}`;
  const options = launch.options.map(
    ([key, code]) => `${key}=${JSON.stringify("value" in code ? code.value : code)}`,
  );
  return [`${variables}project ${launch.project.path}`, ...options].join(" ");
}

it.each([
  ["npm start", "project ."],
  ["npm run work", 'project . script="work"'],
  ["npm run work -- --queue mail", 'project . script="work" args=["--queue","mail"]'],
  ["yarn start --services=web,worker", 'project . args=["--services=web,worker"]'],
  ["yarn work -w 3", 'project . script="work" args=["-w","3"]'],
  ["npm run start -w web", 'project web script="start"'],
  ["npm --prefix web run dev", "project web"],
  ["npm run start --workspace=@acme/api", "project packages/api"],
  ["pnpm --filter @acme/api start", "project packages/api"],
  ["pnpm -C web dev", "project web"],
  ["yarn workspace web dev", "project web"],
  ["cd web && npm run dev", "project web"],
  ["node a.js --port 1", 'project . entryPoint="a.js" args=["--port","1"]'],
  ["NODE_ENV=production A='b c' node ./a.js", 'NODE_ENV=production A=b c project . entryPoint="a.js"'],
  ["npm run missing", '.: ["npm","run","missing"]'],
  ["npm install", '.: ["npm","install"]'],
  ["node --inspect a.js", '.: ["node","--inspect","a.js"]'],
  ["bundle exec puma -C 'config/a b.rb'", '.: ["bundle","exec","puma","-C","config/a b.rb"]'],
  ["puma -p $PORT", '.: ["sh","-c","exec puma -p $PORT"]'],
  ["exec npm start # the web", "project ."],
  ["npm start -- --colour='a #1'", 'project . args=["--colour=a #1"]'],
  ["PORT=${PORT:-3000} puma", '.: ["sh","-c","exec env PORT=${PORT:-3000} puma"]'],
  ["~/bin/work now", '.: ["sh","-c","exec ~/bin/work now"]'],
  ["cd $DIR && npm start", '.: ["sh","-c","cd $DIR && npm start"]'],
  ["(cd web)", '.: ["sh","-c","(cd web)"]'],
  ["a | b; c", '.: ["sh","-c","a | b; c"]'],
])("the line %s is understood", async (line, wanted) => {
  expect(await understood(line)).toBe(wanted);
});
