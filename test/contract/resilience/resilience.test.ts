import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { root } from "../../../scripts/packages.ts";
import { describeContract } from "../../fixtures/describe-contract.ts";
import { contractCases } from "./cases.ts";

describeContract("resilience", {
  cases: contractCases,
  module: fileURLToPath(new URL("cases.ts", import.meta.url)),
});

it("docs/resilience.md names every behaviour that is tested, and no other", async () => {
  const text = await readFile(join(root, "docs/resilience.md"), "utf8");
  // A table per strategy: `### Retry` above, `| waits … |` in it.
  const named = text
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const heading = section.split("\n")[0] ?? "";
      return [...section.matchAll(/^\| (?!Behaviour|-)(.+?) +\|$/gm)].map(
        (row) => `${heading.toLowerCase()}: ${row[1]}`,
      );
    });
  expect(named.toSorted()).toEqual(contractCases.map(({ name }) => name).toSorted());
});
