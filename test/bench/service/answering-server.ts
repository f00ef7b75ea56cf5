// Answers every request with a few bytes of JSON, in a process of its own. Its parent is told the port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

const body = '{"id":1,"name":"Enamel mug"}';
const headers = { "content-type": "application/json", "content-length": String(body.length) };
const server = createServer((incoming, outgoing) => {
  incoming.resume();
  outgoing.writeHead(200, headers).end(body);
}).listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
