import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import {
  createDiscovery,
  createDiscoveryInterceptor,
  createHttpClient,
  createUndiciTransport,
} from "@dext/service";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const server = createServer((incoming, outgoing) => outgoing.end(`${incoming.headers.host} ${incoming.url}`));
let address = "";
let refusing = "";

beforeAll(async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  refusing = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
  gone.close();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe("undici with discovery", () => {
  it("reaches a service by its name and leaves other hosts alone", async () => {
    const discovery = createDiscovery({ environment: { services__api__http__0: address } });
    const dispatcher = new Agent().compose(createDiscoveryInterceptor({ discovery }));
    const named = await request("http://api/users?a=1", { dispatcher });
    expect(await named.body.text()).toBe(`${new URL(address).host} /users?a=1`);
    const plain = await request(`${address}/x`, { dispatcher });
    expect(await plain.body.text()).toBe(`${new URL(address).host} /x`);
    await dispatcher.close();
  });

  it("skips an address that refused", async () => {
    const environment = { services__api__http__0: refusing, services__api__http__1: address };
    const discovery = createDiscovery({ environment });
    const dispatcher = new Agent().compose(createDiscoveryInterceptor({ discovery }));
    await expect(request("http://api/", { dispatcher })).rejects.toThrow("ECONNREFUSED");
    for (let turn = 0; turn < 3; turn += 1) {
      const { statusCode, body } = await request("http://api/", { dispatcher });
      await body.dump();
      expect(statusCode).toBe(200);
    }
    await dispatcher.close();
  });
});

describe("the client over undici", () => {
  it("sends and reads as over fetch", async () => {
    const discovery = createDiscovery({
      environment: { services__api__http__0: refusing, services__api__http__1: address },
    });
    const dispatcher = new Agent();
    const client = createHttpClient({ discovery, transport: await createUndiciTransport({ dispatcher }) });
    expect(await client.get("http://api/users#top", { query: { a: 1 } }).text()).toContain("/users?a=1");
    const answer = await client.post("http://api", { body: new URLSearchParams({ a: "1" }) });
    expect([answer.status, answer.ok, answer.headers.get("connection")]).toEqual([200, true, "keep-alive"]);
    expect(await new Response(answer.body).text()).toContain(" /");
    const fetched = await client.fetch("http://api/");
    expect(fetched).toBeInstanceOf(Response);
    await dispatcher.close();
  });
});
