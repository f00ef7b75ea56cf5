import { keys } from "@playground/orders";
import type { Service } from "@dext/service";
import type { Cache } from "@playground/cache";
import { readCatalogue } from "./catalogue.ts";
import type { Inventory } from "./inventory.ts";

export interface LiveStock {
  /** A stream of server-sent events: `shelves` with everything at first, then `shelf` for each change. */
  connect(): Promise<Response>;
}

/** Hands what the inventory publishes in Redis to everybody who watches. */
export function createLiveStock(
  cache: Cache,
  { inventory, service }: { inventory: Inventory; service: Service },
): LiveStock {
  const watchers = new Set<ReadableStreamDefaultController<string>>();
  const subscriber = cache.duplicate();

  const tell = (text: string): void => {
    for (const watcher of watchers) watcher.enqueue(text);
  };
  const hangUp = (): void => {
    for (const watcher of watchers) watcher.close();
    watchers.clear();
  };

  // What was published during an outage is lost: a watcher who connects again gets everything.
  subscriber.on("error", hangUp);
  subscriber.on("ready", () => {
    subscriber.subscribe(keys.stockChannel, (change) => tell(event("shelf", change))).catch(() => {});
  });
  subscriber.connect().catch(() => {});
  // A comment now and then shows proxies and browsers that the line is not dead.
  const heartbeat = setInterval(() => tell(":\n\n"), 15_000);

  service.stopping.addEventListener("abort", hangUp);
  service.onShutdown(
    () => {
      clearInterval(heartbeat);
      subscriber.destroy();
    },
    { name: "live stock" },
  );

  return {
    async connect() {
      const shelves = await readCatalogue(cache, await inventory.readStock());
      let own: ReadableStreamDefaultController<string>;
      const body = new ReadableStream<string>({
        start(controller) {
          own = controller;
          watchers.add(own);
          own.enqueue(event("shelves", JSON.stringify(shelves)));
        },
        cancel: () => void watchers.delete(own),
      });
      return new Response(body.pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
      });
    },
  };
}

function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
