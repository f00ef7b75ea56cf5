import { silentLogger, systemClock } from "@dext/core";
import { expect, it, vi } from "vitest";
import { fileSystem } from "../../../../providers/src/file-system.ts";
import { WatchedFiles } from "../../../../providers/src/watching/watched-files.ts";

it("a file in the root of the file system is looked at by its own name", async () => {
  const looks = vi.spyOn(fileSystem, "stat");
  const watch = new WatchedFiles().watch(["/dext-absent.yaml"], {
    signal: new AbortController().signal,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    directory: "/",
    environment: "development",
    variables: {},
    args: [],
    shape: undefined,
    onChange: () => undefined,
    onError: () => undefined,
  });
  try {
    expect(new Set(looks.mock.calls.map(([path]) => path))).toEqual(new Set(["/dext-absent.yaml"]));
  } finally {
    looks.mockRestore();
    await watch.close();
  }
});
