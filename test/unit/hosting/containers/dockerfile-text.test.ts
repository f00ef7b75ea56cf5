import { describe, expect, test } from "vitest";
import { imagesOf, needsBuildKit, pathFromRoot } from "../../../../hosting/src/containers/dockerfile-text.ts";

describe("what only BuildKit understands", () => {
  test.each([
    "FROM a\nRUN --mount=type=cache,target=/x ls",
    "FROM a\n  run --network=none --mount type=cache ls",
    "FROM a\nRUN <<EOF\nls\nEOF",
    "FROM a\nCOPY <<-'EOF' /x\nhello\nEOF",
    "FROM a\nCOPY --link --from=b /a /b",
    "# syntax=docker/dockerfile:1\nFROM a",
  ])("is found in %j", (text) => expect(needsBuildKit(text)).toBe(true));

  test.each([
    "FROM a\nRUN ls && cat < /x",
    "FROM a\nCOPY --from=b --chown=1:1 /a /b",
    "FROM a\n# RUN --mount=type=cache ls\n",
    "FROM a\nRUN echo $((1 << 4))",
  ])("is not found in %j", (text) => expect(needsBuildKit(text)).toBe(false));
});

describe("the images that a Dockerfile starts from", () => {
  test("are told with arguments and without stages", () => {
    const text = `ARG REGISTRY=docker.io
ARG BASE="library/node:24"
FROM --platform=linux/amd64 \${REGISTRY}/\${BASE} AS base
ARG BASE=other
FROM base AS next
FROM \${TOOLS:-ghcr.io/acme/tools:1}
FROM scratch
FROM $NOTHING/x:
FROM BASE
`;
    expect(imagesOf(text, { REGISTRY: "mirror.example.com" })).toEqual([
      "mirror.example.com/library/node:24",
      "ghcr.io/acme/tools:1",
    ]);
  });
});

test("a Dockerfile of a member says where it is built from", () => {
  const line = "# Built from the workspace's root: docker build --file services/api/Dockerfile .";
  expect(pathFromRoot(`# syntax=x\n${line}\nFROM a\n`)).toBe("services/api/Dockerfile");
  expect(pathFromRoot("FROM a\n")).toBeUndefined();
});
