import { LuaDataError, pushLuaData, readLuaData } from "./lua-data.ts";
import type { LuaData } from "./lua-data.ts";
import { luaName, LuaStack } from "./lua-stack.ts";
import { packMessage, unpackMessages } from "./message-pack.ts";

/** Makes the table `cmsgpack`. */
export function openMessagePackLibrary({ fengari, state }: LuaStack): void {
  const { lua } = fengari;
  const stack = new LuaStack(fengari, state);
  lua.lua_createtable(state, 0, 2);
  stack.setFunctionField("pack", (innerState) => {
    const inner = new LuaStack(fengari, innerState);
    if (inner.top === 0)
      return inner.failWithPlace("bad argument #0 to 'pack' (MessagePack pack needs input.)");
    const parts = guarded(inner, () =>
      Array.from({ length: inner.top }, (_, index) => packMessage(readLuaData(inner, index + 1))),
    );
    inner.pushText(parts.join(""));
    return 1;
  });
  stack.setFunctionField("unpack", (innerState) => {
    const inner = new LuaStack(fengari, innerState);
    const bytes = inner.text(1);
    if (bytes === undefined) return inner.failWithPlace("bad argument #1 to 'unpack' (string expected)");
    const values: LuaData[] = guarded(inner, () => unpackMessages(bytes));
    lua.lua_checkstack(innerState, values.length + 8);
    for (const value of values) pushLuaData(inner, value);
    return values.length;
  });
  lua.lua_setglobal(state, luaName("cmsgpack"));
}

function guarded<T>(stack: LuaStack, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof LuaDataError) return stack.failWithPlace(error.message);
    throw error;
  }
}
