import minVersion from "semver/ranges/min-version.js";
import satisfies from "semver/functions/satisfies.js";
import valid from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";
import type { Finding } from "../description.ts";
import { dockerfileError } from "./error-codes.ts";

/** The lines of releases that a range may be met from, the wanted first. */
export interface ReleaseLines {
  /** As it is called in messages: `Node`. */
  readonly name: string;
  readonly majors: readonly number[];
  /** Names that stand for a moving version, and the tag that moves alike. */
  readonly moving: Readonly<Record<string, string>>;
  /** Where no image has the tag of a line, only of single releases: the newest that is known of each line. */
  readonly newest?: readonly string[];
}

/** Long-term lines of Node that are supported, then others that still may be asked for. */
export const nodeReleases: ReleaseLines = {
  name: "Node",
  majors: [24, 22, 26, 25, 23, 20, 18, 21, 19, 16, 14, 12],
  moving: {
    "lts/*": "lts",
    lts: "lts",
    node: "current",
    latest: "current",
    current: "current",
    stable: "lts",
  },
};

/** Lines of Node without fixes of security: https://github.com/nodejs/release#end-of-life-releases */
const endedNodes: ReadonlySet<string> = new Set(["12", "14", "16", "18", "19", "20", "21", "23", "25"]);

/** Whether a tag of Node's image is of a line that gets no fixes any more. */
export function isEndedNode(tag: string): boolean {
  return endedNodes.has(tag.split(".")[0] ?? "");
}

/** The release of Debian that images of a version of Node were made of: the newest up to Debian 12. */
export function debianOf(tag: string): string {
  const [major, minor = last, patch = last] = tag.split(".");
  const version = `${major}.${minor}.${patch}`;
  if (!/^\d/.test(tag) || satisfies(version, bookworm, { includePrerelease: true })) return "bookworm";
  return satisfies(version, bullseye, { includePrerelease: true }) ? "bullseye" : "buster";
}

/** The versions that were current when images of that Debian came up: nodejs/docker-node, June 2023 and August 2021. */
const bookworm = "^16.20.0 || ^18.16.0 || >=20.3.0";
const bullseye = "^12.22.5 || ^14.17.5 || >=16.7.0";

/** There is no `denoland/deno:2`: https://github.com/denoland/deno_docker/issues/173 */
export const denoReleases: ReleaseLines = {
  name: "Deno",
  majors: [2, 1],
  moving: { latest: "latest", stable: "latest" },
  newest: ["2.9.6", "1.46.3"],
};

export const bunReleases: ReleaseLines = { name: "Bun", majors: [1], moving: { latest: "latest" } };

const codeNames: Readonly<Record<string, string>> = {
  krypton: "24",
  jod: "22",
  iron: "20",
  hydrogen: "18",
  gallium: "16",
  fermium: "14",
};

/** The tag of an official image for a version or range as it is written down. */
export interface ImageVersion {
  /** `24`, `22.18.0`, `lts`. */
  readonly tag: string;
  /** Whether the tag means one version for ever. */
  readonly exactness: "exact" | "line" | "moving";
}

/**
 * The tag of an official image that meets a version or range: the version itself, else the line of releases whose
 * newest meets it, `22` for `^22.18` and `22.18` for `~22.18.1`; of Deno the newest release that is known.
 *
 * @throws DextError `DEXT_DOCKERFILE_VERSION_UNKNOWN`
 */
export function imageVersion(wanted: Finding<string>, releases: ReleaseLines): ImageVersion {
  const text = wanted.value.trim();
  const moving = releases.moving[text.toLowerCase()];
  if (moving !== undefined) return { tag: moving, exactness: "moving" };
  const codeName = /^lts[/-](\w+)$/i.exec(text)?.[1]?.toLowerCase();
  const range = (codeName === undefined ? undefined : codeNames[codeName]) ?? text.replace(/^v(?=\d)/, "");
  const exact = valid(range);
  if (exact !== null) return { tag: exact, exactness: "exact" };
  const tag =
    validRange(range) === null ? undefined : (releases.newest ? releaseOf : lineOf)(range, releases);
  if (tag !== undefined) return tag;
  throw dockerfileError(
    "DEXT_DOCKERFILE_VERSION_UNKNOWN",
    `${placeOf(wanted)} asks for ${releases.name} "${wanted.value}", which is no version or range that an image is known for`,
    {
      hint: `Write a version such as "${releases.majors[0]}" or an exact one.`,
      details: { value: wanted.value, ...(wanted.file === undefined ? {} : { file: wanted.file }) },
    },
  );
}

/** The newest release that is known to meet a range, else the first that does. */
function releaseOf(range: string, { majors, newest = [] }: ReleaseLines): ImageVersion | undefined {
  const known = newest.find((version) => satisfies(version, range));
  return known === undefined ? lowestOf(range, majors) : { tag: known, exactness: "exact" };
}

/** Higher than any version of a line gets. */
const last = 99_999;

function lineOf(range: string, { majors }: ReleaseLines): ImageVersion | undefined {
  for (const major of majors) {
    if (satisfies(`${major}.${last}.${last}`, range)) return { tag: String(major), exactness: "line" };
  }
  for (const major of majors) {
    for (let minor = 60; minor >= 0; minor -= 1) {
      if (satisfies(`${major}.${minor}.${last}`, range))
        return { tag: `${major}.${minor}`, exactness: "line" };
    }
  }
  return lowestOf(range, majors);
}

function lowestOf(range: string, majors: readonly number[]): ImageVersion | undefined {
  const lowest = minVersion(range)?.version;
  const isKnown = lowest !== undefined && majors.includes(Number(lowest.split(".")[0]));
  return isKnown && satisfies(lowest, range) ? { tag: lowest, exactness: "exact" } : undefined;
}

function placeOf({ file, line }: Finding<string>): string {
  if (file === undefined) return "The project";
  return line === undefined ? `"${file}"` : `"${file}:${line}"`;
}
