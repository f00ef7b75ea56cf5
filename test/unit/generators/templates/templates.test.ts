import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { TemplateLookup } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { quoting } from "../../../../generators/src/templates/quoted.ts";
import { renderTemplate } from "../../../../generators/src/templates/render-template.ts";
import { targetFolder } from "../../../fixtures/generators/target-folder.ts";

const hostile = [
  'a"; process.exit(1); "',
  "a'; rm -rf / #",
  "${process.env.HOME}",
  "`id`",
  "$(id)",
  "\\",
  '\\"',
  "line\nbreak\r\n",
  "*/ alert(1) /*",
  "</script>",
  "<%= name %>",
  "- a: b",
  "!!js/function x",
  "&anchor *alias",
  "yes",
  "null",
  "0x10",
  "~",
  "# no comment",
  "\u2028\u2029\uFEFF\u0085\u007F",
  "😀 grüße",
  "-n",
  "--help",
  "null no",
  "a - b",
  "npm ci --x # y",
  "",
  " ",
  "'",
];

function render(text: string, data: Record<string, unknown> = {}): string {
  return renderTemplate({ name: "t.ejs", text }, data);
}

describe("a hostile answer", () => {
  it.each(hostile)("%j comes out of js(), json() and yaml() as it went in", (name) => {
    const js = render("export const name = <%= js(name) %>;", { name });
    // oxlint-disable-next-line no-new-func, no-implied-eval -- what a program would make of it is what is asked
    expect(new Function(js.replace("export const name =", "return"))()).toBe(name);
    expect(JSON.parse(render('{ "a": <%= json(name) %> }', { name }))).toEqual({ a: name });
    expect(parse(render("a: <%= yaml(name) %>\nb: 1\n", { name }))).toEqual({ a: name, b: 1 });
  });

  it("comes out of sh() as one word, as it went in", () => {
    const script = hostile.map((name) => `printf '%s\\0' ${render("<%= sh(name) %>", { name })}`).join("\n");
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(
      hostile,
    );
  });

  it.each(hostile)("%j does not get out of a comment or a line of Markdown", (name) => {
    expect(render("<%= comment(name) %>", { name })).not.toMatch(/[\n\r\u2028\u2029]|\*\/|-->/);
    expect(render("<%= md(name) %>", { name })).not.toMatch(/[\n\r\u2028\u2029]|(?<!\\)[<`[]/);
  });

  it("sets no prototype through js()", () => {
    const value = JSON.parse('{ "__proto__": { "admin": true }, "x\\"__proto__": 1 }') as object;
    // oxlint-disable-next-line no-new-func, no-implied-eval -- as above
    const back = new Function(`return (${render("<%= js(value) %>", { value })})`)() as Record<
      string,
      unknown
    >;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(back).toEqual(value);
  });
});

describe("quoting", () => {
  it.each([
    ["order-api", "orderApi", "OrderApi"],
    ["HTTP server", "httpServer", "HTTPServer"],
    ["class", "class_", "Class"],
    ["größe", "größe", "Größe"],
  ])("makes identifiers of %j", (name, identifier, typeName) => {
    expect(quoting.identifier(name).text).toBe(identifier);
    expect(quoting.typeName(name).text).toBe(typeName);
  });

  it.each([
    ["word", "a b"],
    ["word", "../a"],
    ["word", "-rf"],
    ["word", ""],
    ["identifier", "1a"],
    ["identifier", "!"],
    ["sh", "a\0b"],
    ["sh", undefined],
    ["js", undefined],
    ["js", () => 1],
    ["yaml", "\uD800"],
    ["comment", { a: 1 }],
  ] as const)("%s() refuses %j", (by, value) => {
    expect(() => quoting[by](value)).toThrowError(
      expect.objectContaining({ code: "DEXT_GENERATE_VALUE_UNQUOTABLE" }),
    );
  });

  it("is not undone by putting texts together", () => {
    expect(() => render("<%= js(name) + name %>", { name: "x" })).toThrowError("cannot be put together");
  });
});

describe("a template", () => {
  it("escapes nothing for HTML", () => {
    expect(render("<a> & 'b' <%= js(x) %>", { x: "<&>'" })).toBe("<a> & 'b' \"<&>'\"");
  });

  it("pastes numbers and booleans, which cannot break out", () => {
    expect(render("<%= port %> <%= on %>", { port: 8080, on: true })).toBe("8080 true");
  });

  it.each([
    ["a raw answer", "ok\n<%= name %>\n", 2],
    ["an answer that is not there", "<%= js(name) %>\n\n<%= nothing %>", 3],
    ["an undefined value", "\n<%= more.x %>", 2],
    ["text that is put together", "<%= `a${name}` %>", 1],
    ["an object", "<%= more %>", 1],
    ["a list", "<%= [name] %>", 1],
    ["what was made to look quoted", "<%= ({ text: name }) %>", 1],
    ["a raw tag", "a\nb\n<%- name %>", 3],
    ["a raw tag of something quoted", "<%- js(name) %>", 1],
    ["an append by code", "\n<% __append(name) %>", 2],
  ])("refuses %s, and names file and line", (_, text, line) => {
    expect(() => render(text, { name: "x", more: {} })).toThrowError(
      expect.objectContaining({
        message: expect.stringContaining(`t.ejs:${line}: `) as string,
        code: expect.stringMatching(/^DEXT_GENERATE_TEMPLATE_(INVALID|FAILED)$/) as string,
        details: { file: "t.ejs", line },
      }),
    );
  });

  it.each([
    ["an expression that is none", "a\n\n<%= js( %>", 3],
    ["a statement that is none", "a\n<% if ( { %>\n<% } %>\n", 2],
    ["a tag that is not closed", "a\n<%= js(name)\n", 2],
    ["a block that is not closed", "<% if (name) { %>\na\n", 3],
  ])("that does not compile for %s is refused with its line", (_, text, line) => {
    expect(() => render(text)).toThrowError(
      expect.objectContaining({ code: "DEXT_GENERATE_TEMPLATE_INVALID", details: { file: "t.ejs", line } }),
    );
  });

  it("cannot be given other quoting functions by an answer", () => {
    expect(render("<%= js(name) %>", { name: "x", js: (x: string) => x })).toBe('"x"');
  });

  it("takes in others by include, relative to itself, and an error tells the place in them", async () => {
    const root = await targetFolder({
      "templates/a/main.ejs": "<%= include('part.ejs', { n: 2 }) %>!",
      "templates/a/part.ejs": "<%= js(name) %> <%= n %>",
      "templates/b.ejs": "x\n<%= include('bad.ejs') %>",
      "templates/bad.ejs": "\n\n<%= name %>",
    });
    const lookup = new TemplateLookup({ target: root, userFolder: join(root, "none") });
    expect(lookup.render("a/main.ejs", { name: "x" })).toBe('"x" 2!');
    expect(() => lookup.render("b.ejs", { name: "x" })).toThrowError(/bad\.ejs:3: /);
  });
});

describe("a template is looked up", () => {
  it("by a name that is nearly one is told which was meant, and all of them can be listed", async () => {
    const target = await targetFolder({ "templates/own/page.md.ejs": "" });
    const lookup = new TemplateLookup({ target, userFolder: "/no/such/folder" });
    expect(lookup.list()).toEqual(expect.arrayContaining(["app/README.md.ejs", "own/page.md.ejs"]));
    expect(() => lookup.find("app/REDME.md.ejs")).toThrow(
      expect.objectContaining({
        code: "DEXT_GENERATE_TEMPLATE_MISSING",
        hint: expect.stringMatching(/^Did you mean "app\/README\.md\.ejs"\? Looked in /) as unknown,
      }),
    );
  });

  it("in the project, then with the user, then in what comes along", async () => {
    const root = await targetFolder({
      "templates/s/a.ejs": "project",
      "user/s/a.ejs": "user",
      "user/s/b.ejs": "user",
      "own/s/a.ejs": "own",
      "own/s/b.ejs": "own",
      "own/s/c.txt": "own",
    });
    const lookup = new TemplateLookup({
      target: root,
      userFolder: join(root, "user"),
      builtIn: [new URL(`file://${root}/own/`)],
    });
    expect(lookup.list("s")).toEqual(["s/a.ejs", "s/b.ejs", "s/c.txt"]);
    expect(lookup.list("s").map((name) => lookup.find(name).origin)).toEqual(["project", "user", "built-in"]);
    expect(lookup.read("s/a.ejs", { origin: "built-in" }).toString()).toBe("own");
    expect(() => lookup.find("s/d.ejs")).toThrowError('There is no template "s/d.ejs"');
    expect(() => lookup.find("../secret")).toThrowError('the part ".."');
  });
});
