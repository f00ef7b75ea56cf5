// Ten services as people have them: watched, with a health check of their own, each with a reference to the one before.
import { createBuilder } from "@dext/hosting";

const host = createBuilder({ name: "idle" });
let before: ReturnType<typeof host.addNodeApp> | undefined;
for (let index = 0; index < 10; index += 1) {
  const service = host
    .addNodeApp(`service-${index}`, "../chain/server.ts")
    .withHttpHealthCheck("/")
    .withWatch(["."]);
  if (before !== undefined) service.withReference(before);
  before = service;
}
await host.run();
