import { formatSignificant } from "../values/doubles.ts";
import { LuaDataError, pushJsonNull, pushLuaData, readLuaData } from "./lua-data.ts";
import type { LuaData } from "./lua-data.ts";
import { luaName, LuaStack } from "./lua-stack.ts";

/** Makes the table `cjson`. */
export function openJsonLibrary({ fengari, state }: LuaStack): void {
  const { lua } = fengari;
  const stack = new LuaStack(fengari, state);
  lua.lua_createtable(state, 0, 3);
  stack.setFunctionField("encode", (innerState) => {
    const inner = new LuaStack(fengari, innerState);
    if (inner.top !== 1) return inner.failWithPlace("bad argument #1 to 'encode' (expected 1 argument)");
    inner.pushText(guarded(inner, () => encodeJson(readLuaData(inner, 1))));
    return 1;
  });
  stack.setFunctionField("decode", (innerState) => {
    const inner = new LuaStack(fengari, innerState);
    if (inner.top !== 1) return inner.failWithPlace("bad argument #1 to 'decode' (expected 1 argument)");
    const text = inner.text(1);
    if (text === undefined) return inner.failWithPlace("bad argument #1 to 'decode' (string expected)");
    pushLuaData(
      inner,
      guarded(inner, () => decodeJson(text)),
    );
    return 1;
  });
  pushJsonNull(stack);
  lua.lua_setfield(state, -2, luaName("null"));
  lua.lua_setglobal(state, luaName("cjson"));
}

function guarded<T>(stack: LuaStack, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof LuaDataError) return stack.failWithPlace(error.message);
    throw error;
  }
}

function encodeJson(data: LuaData): string {
  if (data === null || data === undefined) return "null";
  if (typeof data === "string") return encodeText(data);
  if (typeof data === "number") return encodeNumber(data);
  if (typeof data === "boolean") return String(data);
  if (Array.isArray(data)) return `[${data.map((item) => encodeJson(item)).join(",")}]`;
  const members = [...data].map(([key, item]) => {
    const name = typeof key === "number" ? `"${encodeNumber(key)}"` : encodeText(key);
    return `${name}:${encodeJson(item)}`;
  });
  return `{${members.join(",")}}`;
}

function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new LuaDataError("Cannot serialise number: must not be NaN or Inf");
  return formatSignificant(value, 14);
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': String.raw`\"`,
  "\\": String.raw`\\`,
  "/": String.raw`\/`,
  "\b": String.raw`\b`,
  "\t": String.raw`\t`,
  "\n": String.raw`\n`,
  "\f": String.raw`\f`,
  "\r": String.raw`\r`,
};

function encodeText(text: string): string {
  const escaped = text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are the ones to escape
    /["\\/\u0000-\u001f\u007f]/g,
    (character) => shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

function decodeJson(text: string): LuaData {
  let parsed: unknown;
  try {
    parsed = JSON.parse(resolveEscapes(text));
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    const place = position === undefined ? text.length + 1 : Number(position) + 1;
    throw new LuaDataError(`Expected value but found invalid token at character ${place}`);
  }
  return toLuaData(parsed);
}

/** Escapes beyond ASCII become the bytes of UTF-8, which the text around them is in: `"é"` → `é` as two bytes. */
function resolveEscapes(text: string): string {
  return text.replaceAll(
    /\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|\\u([0-9a-f]{4})|\\[^u]/gi,
    (whole, high: string | undefined, low: string | undefined, single: string | undefined) => {
      if (high !== undefined && low !== undefined) {
        return utf8Bytes(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)));
      }
      if (single === undefined || Number.parseInt(single, 16) < 0x80) return whole;
      return utf8Bytes(String.fromCharCode(Number.parseInt(single, 16)));
    },
  );
}

function utf8Bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function toLuaData(value: unknown): LuaData {
  if (Array.isArray(value)) return value.map((item) => toLuaData(item));
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, toLuaData(item)]));
  }
  return value as string | number | boolean | null;
}
