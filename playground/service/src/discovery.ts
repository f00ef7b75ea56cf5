const turns = new Map<string, number>();

/** Whether the AppHost has told us where a service is. */
export function isKnown(service: string): boolean {
  return addresses(service).length > 0;
}

/** `http://inventory/stock` → `http://localhost:43121/stock`; replicas take turns. */
export function resolve(url: string): URL {
  const { hostname: service, pathname, search } = new URL(url);
  const known = addresses(service);
  if (known.length === 0) {
    throw new Error(`No address of "${service}": the variable "services__${service}__http__0" is not set`);
  }
  const turn = turns.get(service) ?? 0;
  turns.set(service, turn + 1);
  return new URL(pathname + search, known[turn % known.length]);
}

/** `services__inventory__http__0`, `services__inventory__http__1` …: one for each replica. */
function addresses(service: string): string[] {
  const found: string[] = [];
  for (;;) {
    const address = process.env[`services__${service}__http__${found.length}`];
    if (!address) return found;
    found.push(address);
  }
}
