import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@dext/core";
import { expect, test } from "vitest";
import { createVaultClient } from "../../../../providers/src/vault/vault-client.ts";

test("a request of Vault that is given up in the middle of its answer fails with the reason for that", async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).write('{"data":');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { address, namespace: "", auth: { token: "t" }, tls: {} };
  const client = await createVaultClient(settings, { clock: systemClock, random: () => 0.5 });
  const reason = new Error("no answer within 10000 ms");
  const giveUp = new AbortController();
  server.once("request", () => setTimeout(() => giveUp.abort(reason), 50));
  try {
    await expect(client({ method: "GET", path: "secret/api", signal: giveUp.signal })).rejects.toBe(reason);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
