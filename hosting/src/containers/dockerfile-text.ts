/**
 * Whether a Dockerfile holds what only BuildKit understands: `RUN --mount`, here-documents, newer flags of `COPY` and
 * `ADD`, another syntax.
 */
export function needsBuildKit(text: string): boolean {
  return (
    /^\s*RUN\s[^\n]*--(?:mount|network|security|device)[=\s]/im.test(text) ||
    /^\s*(?:COPY|ADD)\s[^\n]*--(?:link|parents|exclude|chmod|checksum|keep-git-dir)\b/im.test(text) ||
    /^\s*(?:RUN|COPY|ADD)\s[^\n]*<<-?["']?[A-Za-z_]/im.test(text) ||
    /^#\s*syntax\s*=/i.test(text.trimStart())
  );
}

/**
 * The images that the stages of a Dockerfile start from, as far as they can be told without building: names of stages
 * and what no argument gives are left out.
 */
export function imagesOf(text: string, args: Readonly<Record<string, string>>): readonly string[] {
  const values = new Map<string, string>();
  const stages = new Set(["scratch"]);
  const images = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name = "", fallback = ""] = /^\s*ARG\s+(\w+)(?:=(\S*))?/i.exec(line) ?? [];
    // Arguments behind the first FROM belong to their stage.
    if (name !== "" && stages.size === 1)
      values.set(name, args[name] ?? fallback.replaceAll(/^["']|["']$/g, ""));
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    const image = from?.[1]?.replaceAll(
      /\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)/g,
      (_, braced?: string, usual = "", bare?: string) =>
        (values.get(braced ?? bare ?? "") || usual) as string,
    );
    if (image === undefined) continue;
    const isWhole = /^[a-z\d]/i.test(image) && !/[$]|\/\/|\/$|:$/.test(image);
    if (isWhole && !stages.has(image.toLowerCase())) images.add(image);
    stages.add((from?.[2] ?? `#${stages.size}`).toLowerCase());
  }
  return [...images];
}

/**
 * What a Dockerfile says to be built from, when it says so: the Dockerfile's path as seen from there.
 *
 * ```text
 * # Built from the workspace's root: docker build --file services/api/Dockerfile .
 * ```
 */
export function pathFromRoot(text: string): string | undefined {
  return /^# Built from the workspace's root: docker build --file (\S+) \.$/m.exec(text.slice(0, 2000))?.[1];
}
