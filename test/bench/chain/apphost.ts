import { createBuilder } from "@dext/hosting";

const host = createBuilder({ name: "chain" });
const first = host.addNodeApp("first", "server.ts");
const second = host.addNodeApp("second", "server.ts").withReference(first).waitFor(first);
host.addNodeApp("third", "server.ts").withReference(second).waitFor(second);
await host.run();
