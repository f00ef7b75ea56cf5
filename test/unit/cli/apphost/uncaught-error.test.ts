import { describe, expect, test } from "vitest";
import { parseUncaughtError } from "../../../../cli/src/apphost/uncaught-error.ts";

describe("parseUncaughtError reads from Node", () => {
  test("an error with its code, place and hint", () => {
    const text = `file:///shop/node_modules/@dext/hosting/dist/names.js:53
            throw invalidName(text);
            ^

DextError: Not a name: "Api"
    at invalidName (file:///shop/node_modules/@dext/hosting/dist/names.js:61:12)
    at file:///shop/apphost.ts:3:20
    at ModuleJob.run (node:internal/modules/esm/module_job:569:25) {
  code: 'DEXT_MODEL_NAME_INVALID',
  hint: "It's lower case.",
  details: { name: 'Api' }
}

Node.js v26.10.0
`;
    expect(parseUncaughtError(text)).toEqual({
      name: "DextError",
      message: 'Not a name: "Api"',
      place: "/shop/apphost.ts:3:20",
      properties: { code: "DEXT_MODEL_NAME_INVALID", hint: "It's lower case." },
    });
  });

  test("a syntax error by the mark below the source, in a path with blanks", () => {
    const text = `node:internal/modules/run_main:111
    triggerUncaughtException(
    ^

file:///my%20shop/apphost.ts:2
const a = 1;
  const b = ;
            ^
console.log(a, b);

SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected
    at parseTypeScript (node:internal/modules/typescript:61:36)
    at processTypeScriptCode (node:internal/modules/typescript:129:37) {
  code: 'ERR_INVALID_TYPESCRIPT_SYNTAX'
}

Node.js v26.10.0`;
    expect(parseUncaughtError(text)).toMatchObject({
      name: "SyntaxError",
      nodeCode: "ERR_INVALID_TYPESCRIPT_SYNTAX",
      message: "Expression expected",
      place: "/my shop/apphost.ts:2:13",
      excerpt: ["const b = ;", "          ^"],
    });
  });

  test("a message of several lines, the last error when there are several, and a thrown value", () => {
    const stack = "    at file:///shop/apphost.ts:5:1\n\nNode.js v22.18.0";
    const text = `Error: printed by the program\n\nfile:///shop/apphost.ts:5\nfail();\n^\n\nError: boom\nsecond line\n${stack}`;
    expect(parseUncaughtError(text)).toMatchObject({
      message: "boom\nsecond line",
      place: "/shop/apphost.ts:5:1",
    });
    const thrown = `\nnode:internal/modules/run_main:111\n    triggerUncaughtException(\n    ^\njust text\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)\n\nNode.js v26.10.0`;
    expect(parseUncaughtError(thrown)).toEqual({ message: "just text", properties: {} });
  });
});

describe("parseUncaughtError reads from Deno", () => {
  test("a coloured error with its place and source", () => {
    const text = `\u001b[0m\u001b[1m\u001b[31merror\u001b[0m: Uncaught (in promise) TypeError: no good
await Promise.reject(new TypeError("no good"));
                     ^
    at file:///shop/apphost.ts:1:22
`;
    expect(parseUncaughtError(text)).toEqual({
      name: "TypeError",
      message: "no good",
      place: "/shop/apphost.ts:1:22",
      excerpt: ['await Promise.reject(new TypeError("no good"));', "                     ^"],
      properties: {},
    });
  });

  test("a hint of its own", () => {
    const text = `error: Import "hono" not a dependency
  hint: If you want to use the npm package, try running \`deno add npm:hono\`
    at file:///shop/apphost.ts:1:19

Stack backtrace:
   0: <unknown>
`;
    expect(parseUncaughtError(text)).toMatchObject({
      message: 'Import "hono" not a dependency',
      place: "/shop/apphost.ts:1:19",
      properties: { hint: "If you want to use the npm package, try running `deno add npm:hono`" },
    });
  });

  test("what an AppHost says of itself after createBuilder()", () => {
    const text = "Uncaught TypeError: no such thing\n    at fail (file:///shop/apphost.ts:4:9)\n";
    expect(parseUncaughtError(text)).toMatchObject({
      name: "TypeError",
      message: "no such thing",
      place: "/shop/apphost.ts:4:9",
    });
  });
});

test.each(["", "warning: careful", "Error: printed and survived\n    at file:///shop/a.ts:1:1"])(
  "parseUncaughtError sees nothing in %j",
  (text) => {
    expect(parseUncaughtError(text)).toBeUndefined();
  },
);
