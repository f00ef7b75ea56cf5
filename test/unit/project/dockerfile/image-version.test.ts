import { describe, expect, it } from "vitest";
import {
  bunReleases,
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

it("the tags of Deno and Bun follow their own lines", () => {
  expect(imageVersion({ value: "^2.9", because: "" }, denoReleases).tag).toBe("2");
  expect(imageVersion({ value: "1.3.0", because: "" }, bunReleases).tag).toBe("1.3.0");
});
