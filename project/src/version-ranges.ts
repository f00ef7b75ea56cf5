import satisfies from "semver/functions/satisfies.js";
import intersects from "semver/ranges/intersects.js";
import validRange from "semver/ranges/valid.js";

/** Long-term lines of Node by the names that `.nvmrc` may use: `lts/jod`. */
const nodeLines: Readonly<Record<string, string>> = {
  argon: "4",
  boron: "6",
  carbon: "8",
  dubnium: "10",
  erbium: "12",
  fermium: "14",
  gallium: "16",
  hydrogen: "18",
  iron: "20",
  jod: "22",
  krypton: "24",
};

/**
 * The range that a version in a version file or a manifest stands for; nothing for names that mean another version
 * every month (`lts/*`, `latest`).
 */
function comparableRange(version: string): string | undefined {
  const name = /^lts[/-](\w+)$/i.exec(version.trim())?.[1]?.toLowerCase();
  const plain = (name === undefined ? undefined : nodeLines[name]) ?? version.trim().replace(/^v(?=\d)/, "");
  return validRange(plain) ?? undefined;
}

/** Whether some version satisfies both; taken to be so when one of them cannot be compared. */
export function rangesMeet(first: string, second: string): boolean {
  const [left, right] = [comparableRange(first), comparableRange(second)];
  return left === undefined || right === undefined || intersects(left, right);
}

/** Whether a package's version is one that a dependency asks for; a package without a version suits `*` only. */
export function versionSuits(version: string | undefined, range: string): boolean {
  if (range === "" || range === "*") return true;
  return version !== undefined && satisfies(version, range, { loose: true });
}

/** Whether text is a range of versions, and no tag, address or path. */
export function isVersionRange(text: string): boolean {
  return validRange(text, { loose: true }) !== null;
}
