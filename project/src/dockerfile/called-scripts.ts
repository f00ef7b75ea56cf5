/** The text of a script and of those that it calls by name: `npm run build:server && npm run build:client`. */
export function scriptWithCalled(name: string, scripts: ReadonlyMap<string, string>): string {
  const names = new Set([name]);
  const texts: string[] = [];
  // A set hands out what is added while it is gone through.
  for (const each of names) {
    const text = scripts.get(each) ?? "";
    texts.push(text);
    for (const [, called = ""] of text.matchAll(/\b(?:run|pnpm|yarn|run-s|run-p|task) +([\w:.-]+)/g)) {
      if (scripts.has(called)) names.add(called);
    }
  }
  return texts.join("\n");
}
