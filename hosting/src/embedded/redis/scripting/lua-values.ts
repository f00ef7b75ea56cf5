import type { ProtocolVersion } from "../protocol/reply-encoder.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import {
  DoubleReply,
  MapReply,
  NamedListReply,
  NoReply,
  NullArray,
  PairsReply,
  PushReply,
  SetReply,
  Status,
  VerbatimText,
} from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { formatDouble } from "../values/doubles.ts";
import { luaName } from "./lua-stack.ts";
import type { LuaStack } from "./lua-stack.ts";

/*
 * Replies become values of Lua and back: https://redis.io/docs/latest/develop/programmability/lua-api/#data-type-conversion
 */

const deepest = 1000;

/** Pushes a reply as the value of Lua that stands for it. */
export function pushReply(stack: LuaStack, reply: Reply, protocol: ProtocolVersion): void {
  const { lua } = stack.fengari;
  if (typeof reply === "string") stack.pushText(reply);
  else if (typeof reply === "number" || typeof reply === "bigint")
    lua.lua_pushnumber(stack.state, Number(reply));
  else if (typeof reply === "boolean") lua.lua_pushboolean(stack.state, reply);
  else if (reply === null || reply instanceof NullArray || reply instanceof NoReply)
    pushNull(stack, protocol);
  else if (reply instanceof Status) stack.pushFieldTable("ok", reply.text);
  else if (reply instanceof ReplyError) stack.pushFieldTable("err", reply.message);
  else if (reply instanceof DoubleReply) pushDouble(stack, reply, protocol);
  else if (reply instanceof VerbatimText) stack.pushText(reply.text);
  else pushCollection(stack, reply, protocol);
}

function pushNull(stack: LuaStack, protocol: ProtocolVersion): void {
  if (protocol === 3) stack.fengari.lua.lua_pushnil(stack.state);
  else stack.fengari.lua.lua_pushboolean(stack.state, false);
}

function pushDouble(
  stack: LuaStack,
  { value, text = formatDouble(value) }: DoubleReply,
  protocol: ProtocolVersion,
): void {
  if (protocol === 2) {
    stack.pushText(text);
    return;
  }
  stack.fengari.lua.lua_createtable(stack.state, 0, 1);
  stack.setNumberField("double", value);
}

function pushCollection(
  stack: LuaStack,
  reply: MapReply | SetReply | PairsReply | NamedListReply | PushReply | readonly Reply[],
  protocol: ProtocolVersion,
): void {
  const isMap = reply instanceof MapReply || reply instanceof NamedListReply;
  if (protocol === 3 && isMap) pushKeyed(stack, "map", { items: reply.flat, protocol });
  else if (protocol === 3 && reply instanceof SetReply)
    pushKeyed(stack, "set", { items: reply.items, protocol });
  else if (reply instanceof SetReply || reply instanceof PushReply) pushItems(stack, reply.items, protocol);
  else if (reply instanceof MapReply || (reply instanceof PairsReply && protocol === 2)) {
    pushItems(stack, reply.flat, protocol);
  } else if (reply instanceof PairsReply || reply instanceof NamedListReply) {
    pushItems(stack, toPairs(reply.flat), protocol);
  } else pushItems(stack, reply, protocol);
}

function toPairs(flat: readonly Reply[]): Reply[] {
  const pairs: Reply[] = [];
  for (let index = 0; index < flat.length; index += 2) pairs.push(flat.slice(index, index + 2));
  return pairs;
}

function pushItems(stack: LuaStack, items: readonly Reply[], protocol: ProtocolVersion): void {
  const { lua } = stack.fengari;
  lua.lua_checkstack(stack.state, 8);
  lua.lua_createtable(stack.state, items.length, 0);
  for (const [index, item] of items.entries()) {
    pushReply(stack, item, protocol);
    lua.lua_rawseti(stack.state, -2, index + 1);
  }
}

/** `{map={key=value}}`, `{set={member=true}}`. */
function pushKeyed(
  stack: LuaStack,
  name: "map" | "set",
  { items, protocol }: { items: readonly Reply[]; protocol: ProtocolVersion },
): void {
  const { lua } = stack.fengari;
  lua.lua_checkstack(stack.state, 8);
  lua.lua_createtable(stack.state, 0, 1);
  lua.lua_createtable(stack.state, 0, items.length);
  for (let index = 0; index < items.length; index += name === "map" ? 2 : 1) {
    pushReply(stack, items[index] as Reply, protocol);
    if (name === "map") pushReply(stack, items[index + 1] as Reply, protocol);
    else lua.lua_pushboolean(stack.state, true);
    lua.lua_rawset(stack.state, -3);
  }
  lua.lua_setfield(stack.state, -2, luaName(name));
}

/** The reply that the value on top stands for; takes it off. */
export function popReply(stack: LuaStack, protocol: ProtocolVersion): Reply {
  const reply = readReply(stack, protocol, 0);
  stack.fengari.lua.lua_pop(stack.state, 1);
  return reply;
}

function readReply(stack: LuaStack, protocol: ProtocolVersion, depth: number): Reply {
  const { lua } = stack.fengari;
  if (depth > deepest || !lua.lua_checkstack(stack.state, 8)) {
    throw new ReplyError("ERR reached lua stack limit");
  }
  switch (lua.lua_type(stack.state, -1)) {
    case lua.LUA_TSTRING:
      return stack.text(-1) ?? null;
    case lua.LUA_TNUMBER:
      return toWholeNumber(lua.lua_tonumber(stack.state, -1));
    case lua.LUA_TBOOLEAN: {
      const value = lua.lua_toboolean(stack.state, -1);
      if (protocol === 3) return value;
      return value ? 1 : null;
    }
    case lua.LUA_TTABLE:
      return readTable(stack, protocol, depth);
    default:
      return null;
  }
}

function toWholeNumber(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) return -(2n ** 63n);
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? whole + 0 : BigInt.asIntN(64, BigInt(whole));
}

function readTable(stack: LuaStack, protocol: ProtocolVersion, depth: number): Reply {
  const error = textField(stack, "err");
  if (error !== undefined) return new ReplyError(error.startsWith("-") ? error.slice(1) : error);
  const status = textField(stack, "ok");
  if (status !== undefined) return new Status(status.replaceAll(/[\r\n]/g, " "));
  const double = numberField(stack, "double");
  if (double !== undefined) return new DoubleReply(double);
  return (
    readKeyed(stack, "map", { protocol, depth }) ??
    readKeyed(stack, "set", { protocol, depth }) ??
    readItems(stack, protocol, depth)
  );
}

function textField(stack: LuaStack, name: string): string | undefined {
  const { lua } = stack.fengari;
  const type = lua.lua_getfield(stack.state, -1, luaName(name));
  const text = type === lua.LUA_TSTRING ? stack.text(-1) : undefined;
  lua.lua_pop(stack.state, 1);
  return text;
}

function numberField(stack: LuaStack, name: string): number | undefined {
  const { lua } = stack.fengari;
  const type = lua.lua_getfield(stack.state, -1, luaName(name));
  const value = type === lua.LUA_TNUMBER ? lua.lua_tonumber(stack.state, -1) : undefined;
  lua.lua_pop(stack.state, 1);
  return value;
}

function readKeyed(
  stack: LuaStack,
  name: "map" | "set",
  { protocol, depth }: { protocol: ProtocolVersion; depth: number },
): Reply | undefined {
  const { lua } = stack.fengari;
  if (lua.lua_getfield(stack.state, -1, luaName(name)) !== lua.LUA_TTABLE) {
    lua.lua_pop(stack.state, 1);
    return undefined;
  }
  const items: Reply[] = [];
  lua.lua_pushnil(stack.state);
  while (lua.lua_next(stack.state, -2) !== 0) {
    const value = readReply(stack, protocol, depth + 1);
    lua.lua_pop(stack.state, 1);
    items.push(readReply(stack, protocol, depth + 1));
    if (name === "map") items.push(value);
  }
  lua.lua_pop(stack.state, 1);
  return name === "map" ? new MapReply(items) : new SetReply(items);
}

/** The items up to the first that is not there. */
function readItems(stack: LuaStack, protocol: ProtocolVersion, depth: number): Reply {
  const { lua } = stack.fengari;
  const items: Reply[] = [];
  for (let index = 1; ; index++) {
    if (lua.lua_rawgeti(stack.state, -1, index) === lua.LUA_TNIL) break;
    items.push(readReply(stack, protocol, depth + 1));
    lua.lua_pop(stack.state, 1);
  }
  lua.lua_pop(stack.state, 1);
  return items;
}
