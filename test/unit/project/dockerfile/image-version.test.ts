import { describe, expect, it } from "vitest";
import {
  bunReleases,
  debianOf,
  denoReleases,
  imageVersion,
  nodeReleases,
} from "../../../../project/src/dockerfile/image-version.ts";

describe("the tag of a Node image", () => {
  it.each([
    ["24.21.0", "24.21.0", "exact"],
    ["v22.18.0", "22.18.0", "exact"],
    ["22", "22", "line"],
    ["22.x", "22", "line"],
    ["^22.18", "22", "line"],
    [">=22.18", "24", "line"],
    [">=20", "24", "line"],
    ["^20 || ^22", "22", "line"],
    ["~22.18.1", "22.18", "line"],
    [">=22.18 <22.20", "22.19", "line"],
    ["<=22.18.3 >=22.18.1", "22.18.1", "exact"],
    ["lts/jod", "22", "line"],
    ["lts/Krypton", "24", "line"],
    ["lts/*", "lts", "moving"],
    ["node", "current", "moving"],
    ["26", "26", "line"],
  ])("for %s is %s", (value, tag, exactness) => {
    const found = imageVersion({ value, because: "" }, nodeReleases);
    expect(found).toEqual({ tag, exactness });
  });

  it.each(["twenty", "lts/unknown", "22 please", ">=99", "iojs"])("is refused for %s", (value) => {
    expect(() => imageVersion({ value, because: "", file: ".nvmrc", line: 3 }, nodeReleases)).toThrow(
      '".nvmrc:3"',
    );
  });
});

describe("the tag of a Deno image", () => {
  it.each([
    ["2.8.3", "2.8.3"],
    ["2", "2.9.6"],
    ["^2.5", "2.9.6"],
    ["^1.40", "1.46.3"],
    ["~2.8.1", "2.8.1"],
    ["latest", "latest"],
  ])("for %s is %s, since there is none of a line", (value, tag) => {
    expect(imageVersion({ value, because: "" }, denoReleases).tag).toBe(tag);
  });
});

it("the tag of Bun is of the line that is asked for", () => {
  expect(imageVersion({ value: "1.3.0", because: "" }, bunReleases).tag).toBe("1.3.0");
  expect(imageVersion({ value: "^1.2", because: "" }, bunReleases).tag).toBe("1");
});

describe("the Debian of a Node image", () => {
  it.each([
    ["24", "bookworm"],
    ["lts", "bookworm"],
    ["27.0.0-rc.1", "bookworm"],
    ["20.3.0", "bookworm"],
    ["20.2.0", "bullseye"],
    ["19", "bullseye"],
    ["18", "bookworm"],
    ["18.12", "bullseye"],
    ["16", "bookworm"],
    ["14", "bullseye"],
    ["14.15.0", "buster"],
  ])("%s is %s, which its images were made of", (tag, debian) => {
    expect(debianOf(tag)).toBe(debian);
  });
});
