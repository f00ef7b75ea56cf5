/** `@acme/Order_API` → `order-api`: what a resource or parameter can be called; undefined where nothing is left of it. */
export function toResourceName(text: string): string | undefined {
  const name = text
    .replace(/^@[^/]*\//, "")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  return name === "" ? undefined : name;
}

/** Gives names that are valid and each given once. */
export class ResourceNames {
  readonly #taken = new Set<string>();

  /** Whether what is called so would have to be called otherwise. */
  has(text: string): boolean {
    return this.#taken.has(toResourceName(text) ?? "");
  }

  /** @param otherwise what to call something of whose name nothing is left */
  claim(text: string, { otherwise }: { otherwise: string }): string {
    const wanted = toResourceName(text) ?? otherwise;
    for (let count = 1; ; count += 1) {
      const suffix = count === 1 ? "" : `-${count}`;
      const name = `${wanted.slice(0, 63 - suffix.length)}${suffix}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}
