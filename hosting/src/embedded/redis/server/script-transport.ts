import type { Transport } from "./session.ts";

/** Where nothing goes: a script reads the replies of its commands itself. */
export const scriptTransport: Transport = {
  address: "lua",
  localAddress: "lua",
  pendingBytes: 0,
  write() {},
  resume() {},
  end() {},
  destroy() {},
};
