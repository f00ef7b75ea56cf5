import { loadConfig, object } from "@dext/providers";
import { expect, it } from "vitest";

it("what a list in code does not have is null in its place", async () => {
  const list: unknown[] = [1];
  list[2] = 3;
  const config = await loadConfig(
    { layers: [object({ list, other: [undefined] })] },
    { variables: {}, args: [], environment: "development" },
  );
  expect(config.value).toEqual({ list: [1, null, 3], other: [null] });
});
