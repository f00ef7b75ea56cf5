import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AppHostEdit } from "@dext/generators";
import { editAppHost } from "@dext/generators";
import { describe, expect, it } from "vitest";

const cache: AppHostEdit = { kind: "resource", method: "addRedis", name: "cache" };
const usage: AppHostEdit = { kind: "reference", from: "api", to: "cache" };

/** The edited text; once more it must stay as it is. */
function edited(source: string, ...edits: AppHostEdit[]): string {
  const result = editAppHost(source, edits);
  if (result.outcome !== "edited") throw new Error(`${result.outcome}: ${JSON.stringify(result)}`);
  expect(editAppHost(result.text, edits)).toEqual({ outcome: "unchanged", text: result.text });
  return result.text;
}

const plain = `import { createBuilder } from "@dext/hosting";

const host = createBuilder();

const api = host.addProject("api", "./api");

await host.run();
`;

describe("a resource", () => {
  it("is added behind the last one", () => {
    expect(edited(plain, cache)).toBe(
      plain.replace('"./api");\n', '"./api");\nconst cache = host.addRedis("cache");\n'),
    );
  });

  it("that another one is to refer to is added before it, so that the reference joins its chain", () => {
    const source = plain.replace("const api", "// The API.\nconst api");
    const first = edited(source, { ...cache, before: "api" }, usage);
    const db: AppHostEdit = { kind: "resource", method: "addPostgres", name: "db", before: "api" };
    expect(edited(first, db, { kind: "reference", from: "api", to: "db" })).toBe(
      source.replace(
        '// The API.\nconst api = host.addProject("api", "./api");\n',
        `const cache = host.addRedis("cache");
const db = host.addPostgres("db");

// The API.
const api = host.addProject("api", "./api")
  .withReference(cache)
  .waitFor(cache)
  .withReference(db)
  .waitFor(db);
`,
      ),
    );
  });

  it("is added behind the builder when it is the first one", () => {
    expect(edited("const host = createBuilder();\nawait host.run();\n", cache)).toBe(
      'const host = createBuilder();\n\nconst cache = host.addRedis("cache");\nawait host.run();\n',
    );
  });

  it("gets the quotes, semicolons, indentation and line endings of the rest", () => {
    const source =
      "import { createBuilder } from '@dext/hosting'\r\n\r\nconst app = createBuilder()\r\n\r\nconst api = app\r\n    .addProject('api', './api')\r\n    .withReplicas(2)\r\n\r\nawait app.run()";
    const resource: AppHostEdit = {
      kind: "resource",
      method: "addProject",
      name: "it's-web",
      options: ['"./web"', "`it's`"],
      chain: [".withReplicas(2)", '.withHttpHealthCheck("/health")'],
    };
    expect(edited(source, resource)).toBe(
      source.replace(
        ".withReplicas(2)\r\n",
        ".withReplicas(2)\r\n\r\nconst itSWeb = app\r\n    .addProject('it\\'s-web', './web', `it's`)\r\n    .withReplicas(2)\r\n    .withHttpHealthCheck('/health')\r\n",
      ),
    );
  });

  it("keeps comments where they are", () => {
    const source = plain.replace('"./api");', '"./api"); // the API\n// run it');
    expect(edited(source, cache)).toBe(
      source.replace("// the API\n", '// the API\nconst cache = host.addRedis("cache");\n'),
    );
  });

  it("gets a free name", () => {
    const source = plain.replace(
      "const api",
      "const { cache, b: [orderDb2] } = things;\nfunction orderDb() {}\nconst api",
    );
    const text = edited(source, cache, { kind: "resource", method: "addPostgres", name: "order-db" });
    expect(text).toContain(
      'const cache2 = host.addRedis("cache");\nconst orderDb3 = host.addPostgres("order-db");',
    );
  });

  it.each([
    ["in other quotes and without a constant", "host.addRedis('cache')\n"],
    ["as a template", "const x = host.addRedis(`cache`);\n"],
    [
      "with a chain and comments",
      'export const c = host // a\n  .addRedis("cache") /* b */\n  .withDataVolume();\n',
    ],
  ])("that is there %s is not added again", (_, line) => {
    const source = plain.replace("\nawait", `${line}\nawait`);
    expect(editAppHost(source, [cache])).toEqual({ outcome: "unchanged", text: source });
  });

  it.each([
    ["in a block", 'if (isLocal) {\n  host.addRedis("cache");\n}\n'],
    ["by an assignment", 'let cache;\ncache = host.addRedis("cache");\n'],
    ["in a function", 'function addStores(to: AppBuilder) {\n  return to.addRedis("cache");\n}\n'],
    ["under another type", 'const cache = host.addRedis("cache") as Store;\n'],
    ["by the function", 'const cache = addRedis(host, "cache");\n'],
  ])("that is there %s is not added again, nor can it be referred to", (_, lines) => {
    const source = plain.replace("\nawait", `${lines}\nawait`);
    expect(editAppHost(source, [cache])).toEqual({ outcome: "unchanged", text: source });
    expect(editAppHost(source, [cache, usage])).toMatchObject({
      outcome: "unsafe",
      reason: 'no statement at the top adds "cache"',
    });
  });

  it("of whose name there is a database is not added", () => {
    const source = plain.replace(
      "\nawait",
      'const x = host.addPostgres("db").addDatabase("cache");\n\nawait',
    );
    expect(editAppHost(source, [cache])).toMatchObject({
      outcome: "unsafe",
      reason: '"cache" is added already, by addDatabase() in line 6',
    });
  });

  it.each([
    [
      "a global that the file uses",
      "process",
      'host.addContainer("a", process.env.IMAGE ?? "a");\n',
      "process2",
    ],
    ["a default export", "cache", "export default function cache() {}\n", "cache2"],
    ["a variable of a block", "cache", "if (isLocal) {\n  var cache = 1;\n}\n", "cache2"],
    ["a property", "cache", "const x = { cache: options.cache };\n", "cache"],
  ])("gets a constant that does not take the name of %s", (_, name, lines, constant) => {
    const text = edited(plain.replace("\nawait", `${lines}\nawait`), { ...cache, name });
    expect(text).toContain(`const ${constant} = host.addRedis("${name}");\n`);
  });

  it("stays apart from a line that begins with a bracket, where there are no semicolons", () => {
    const begin = "import { createBuilder } from '@dext/hosting'\nconst host = createBuilder()\n";
    const end = "await host.run()\n";
    const apart = ";[1, 2].forEach((each) => host.addProject('w' + each, './w'))\n";
    expect(edited(begin + apart + end, cache)).toBe(
      `${begin}\nconst cache = host.addRedis('cache')\n${apart}${end}`,
    );
    const builder = begin.replace("Builder()\n", "Builder();\n");
    expect(edited(`${builder}(await mail(host)).addTo('x')\n${end}`, cache)).toBe(
      `${builder}\nconst cache = host.addRedis('cache');\n(await mail(host)).addTo('x')\n${end}`,
    );
    const service = `${begin}const api = host.addProject('api', './api')\n`;
    expect(edited(service + apart + end, cache, usage)).toContain(
      `'./api')\nconst cache = host.addRedis('cache')\napi.withReference(cache).waitFor(cache)\n${apart}`,
    );
  });

  it("whose name only stands in a comment or in text is added", () => {
    const source = plain.replace(
      "\nawait",
      '\n// host.addRedis("cache")\nconst text = \'host.addRedis("cache")\';\nawait',
    );
    expect(edited(source, cache)).toContain('"./api");\nconst cache = host.addRedis("cache");\n');
  });
});

describe("a reference", () => {
  it("is added to the chain, with a resource that is added before it", () => {
    const source = plain.replace("const api", 'const cache = host.addRedis("cache");\nconst api');
    expect(edited(source, usage)).toContain(
      'const api = host.addProject("api", "./api")\n  .withReference(cache)\n  .waitFor(cache);\n',
    );
  });

  it("is added on lines of its own where the chain has them, before a comment", () => {
    const source = plain.replace(
      'const api = host.addProject("api", "./api");',
      'const cache = host.addRedis("cache");\n\nhost\n\t.addProject("api", "./api")\n\t.withReplicas(2); // two',
    );
    expect(edited(source, usage)).toBe(
      source.replace("(2); // two", "(2)\n\t.withReference(cache)\n\t.waitFor(cache); // two"),
    );
  });

  it("gets a statement of its own where the resource is added later", () => {
    expect(edited(plain, cache, usage)).toBe(
      plain.replace(
        '"./api");\n',
        '"./api");\nconst cache = host.addRedis("cache");\napi.withReference(cache).waitFor(cache);\n',
      ),
    );
  });

  it.each([
    ["a database", "pg", 'const pg = host.addPostgres("pg").addDatabase("shop");', "addDatabase"],
    ["an address", "api", 'const url = host.addNodeApp("api", "a.js").endpoint("http");', "endpoint"],
  ])("is not made where the constant holds %s", (_, name, line, method) => {
    const source = `const host = createBuilder();\nconst cache = host.addRedis("cache");\n${line}\nconst web = host.addProject("web", "./web");\nawait host.run();\n`;
    const edit: AppHostEdit =
      name === "api" ? usage : { kind: "reference", from: "web", to: name, wait: false };
    expect(editAppHost(source, [edit])).toMatchObject({
      outcome: "unsafe",
      reason: `what adds "${name}" goes on with ${method}(), which gives something else`,
    });
  });

  it("is indented like code, not like the lines of a comment", () => {
    const source = `/**\n * The system.\n */\n${plain.replace("const api", 'const cache = host.addRedis("cache");\nconst api')}`;
    expect(edited(source, usage)).toContain('"./api")\n  .withReference(cache)\n  .waitFor(cache);\n');
  });

  it("gives a constant to whoever has none", () => {
    const source = plain
      .replace("const api = host", "host")
      .replace("\nawait", 'host.addRedis("cache").withDataVolume();\n\nawait');
    const text = edited(source, { ...usage, wait: false });
    expect(text).toContain('const api = host.addProject("api", "./api");\n');
    expect(text).toContain(
      'const cache = host.addRedis("cache").withDataVolume();\napi.withReference(cache);\n',
    );
  });

  it.each([
    ["in the chain", ".withReference(cache).waitFor(cache)", ""],
    ["in a statement of its own", "", "api.withReference(cache);\napi.waitFor(cache);\n"],
    ["partly in both", ".waitFor(cache)", "api.withReference(cache);\n"],
  ])("that is there %s is not added again", (_, chain, statement) => {
    const source = `const host = createBuilder();\nconst cache = host.addRedis("cache");\nconst api = host.addProject("api", "./api")${chain};\n${statement}await host.run();\n`;
    expect(editAppHost(source, [usage])).toEqual({ outcome: "unchanged", text: source });
  });
});

describe("an import", () => {
  const edit: AppHostEdit = { kind: "import", name: "expression", module: "@dext/hosting" };

  it("joins one of the same module", () => {
    expect(edited(plain, edit)).toContain('import { createBuilder, expression } from "@dext/hosting";');
    const broken = plain.replace("{ createBuilder }", "{\n  createBuilder,\n}");
    expect(edited(broken, edit)).toContain("{\n  createBuilder,\n  expression,\n}");
  });

  it("gets a line of its own for another module, or beside a type import", () => {
    expect(edited(plain, { ...edit, module: "./x.ts" })).toContain(
      'from "@dext/hosting";\nimport { expression } from "./x.ts";\n',
    );
    expect(edited(plain.replace("import {", "import type {"), edit)).toContain(
      'from "@dext/hosting";\nimport { expression } from "@dext/hosting";\n',
    );
  });

  it("of a name that is taken is not made", () => {
    const result = editAppHost(plain.replace("const api", "const expression = 1;\nconst api"), [edit]);
    expect(result).toMatchObject({ outcome: "unsafe", reason: 'the name "expression" is taken' });
  });
});

describe("an AppHost that is too unusual", () => {
  it.each([
    ["does not parse", "const host = ;"],
    ["has no builder at the top", "export function make() { const host = createBuilder(); }"],
    ["has two builders", "const a = createBuilder(); const b = createBuilder();"],
    ["adds a name twice", 'const host = createBuilder(); host.addRedis("x"); host.addRedis("x");'],
    ["adds the name as something else", 'const host = createBuilder(); host.addPostgres("cache");'],
    ["adds a resource behind the run", 'const host = createBuilder(); await host.run(); host.addRedis("x");'],
  ])("because it %s stays as it is, with a snippet to paste", (_, source) => {
    expect(editAppHost(source, [cache, usage])).toEqual({
      outcome: "unsafe",
      reason: expect.any(String) as string,
      snippet: 'const cache = host.addRedis("cache");\napi.withReference(cache).waitFor(cache);',
    });
  });

  it("for the second of two edits gets neither", () => {
    const result = editAppHost(plain, [cache, { kind: "reference", from: "nobody", to: "cache" }]);
    expect(result).toMatchObject({ outcome: "unsafe", reason: 'no statement at the top adds "nobody"' });
  });
});

it("the playground's AppHost takes a resource and a reference, and keeps every line that it had", () => {
  const source = readFileSync(join(import.meta.dirname, "../../../../playground/apphost.ts"), "utf8");
  const text = edited(
    source,
    { kind: "resource", method: "addPostgres", name: "orders" },
    { kind: "reference", from: "worker", to: "orders" },
    { kind: "reference", from: "api", to: "cache" },
  );
  const left = text.split("\n");
  const missing = source.split("\n").filter((line) => !left.includes(line));
  expect(missing).toEqual([]);
  expect(text).toContain('\nconst worker = host\n  .addProject("worker"');
  expect(text).toContain(
    '\n\nconst orders = host.addPostgres("orders");\nworker.withReference(orders).waitFor(orders);\n',
  );
  expect(text).toContain('  .withHttpHealthCheck("/health")\n  .waitFor(cache);\n');
});

it("positions are right behind characters that take two units", () => {
  const source = `// 😀 grüße\n${plain}`;
  expect(edited(`\uFEFF${source}`, cache)).toBe(
    `\uFEFF${source.replace('"./api");\n', '"./api");\nconst cache = host.addRedis("cache");\n')}`,
  );
});
