/** The files of a repository that define generators, in the order in which they are looked for: the first counts. */
export const definitionFiles: readonly string[] = [
  "dext.generators.ts",
  "dext.generators.mts",
  "dext.generators.js",
  "dext.generators.mjs",
];
