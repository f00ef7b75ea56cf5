import { expect, it } from "vitest";
import { translate } from "../../../../fixtures/generators/translate-compose.ts";

it("a container is asked for its health at the port that its check asks, published or not", async () => {
  const { code } = await translate(`services:
  proxy:
    image: acme/proxy
    ports: ["80:80", "443:443"]
    healthcheck: { test: [CMD, wget, "http://localhost:8082/ping"] }
  inner: { image: acme/inner, healthcheck: { test: "curl http://localhost/health" } }
`);
  expect(code).toContain(`host
  .addContainer("proxy", "acme/proxy")
  .withHttpEndpoint({ port: 80, targetPort: 80 })
  .withEndpoint({ name: "https", port: 443, targetPort: 443 })
  .withHttpEndpoint({ name: "http-8082", targetPort: 8082 })
  .withHttpHealthCheck("/ping", { endpoint: "http-8082" });`);
  expect(code).toContain('.withHttpEndpoint({ targetPort: 80 })\n  .withHttpHealthCheck("/health");');
});

it("ports of UDP, and parts of a build that have no counterpart, are told", async () => {
  const { code, notes } = await translate(`services:
  dns: { image: acme/dns, ports: ["53:53", "53:53/udp", "5353:53/udp"] }
  app: { build: { context: ., ssh: [default], cache_from: [acme/app] } }
`);
  expect(code).toContain('.withEndpoint({ name: "dns", port: 53, targetPort: 53 });');
  expect(notes).toEqual([
    "compose.yaml:2 dns: port 53 is one of UDP, and is not translated",
    'compose.yaml:3 app: "ssh" of its build is not translated',
  ]);
});

it("fields without a value are none", async () => {
  const { code, notes } = await translate(
    "services: { app: { image: acme/app, build: , command: , ports: , stop_grace_period:  } }\n",
  );
  expect(code).toContain('\nhost.addContainer("app", "acme/app");\n');
  expect(notes).toEqual([]);
});
