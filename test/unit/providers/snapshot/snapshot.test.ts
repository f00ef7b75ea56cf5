import { inspect } from "node:util";
import { file, loadConfig } from "@dext/providers";
import { expect, it } from "vitest";
import { z } from "zod";
import { inFolder } from "../../../fixtures/configuration/folder.ts";

it("bytes, and what a schema makes of a secret, are masked where they are printed", async () => {
  const text = "key: !!binary aHVudGVyMg==\nurl: https://app:hunter2@db/\nparts: hunter2 x\n";
  await inFolder({ "a.yaml": text }, async (directory) => {
    const schema = z.object({
      key: z.instanceof(Uint8Array),
      url: z.string().transform((url) => new URL(url)),
      parts: z.string().transform((parts) => parts.split(" ")),
    });
    const { value } = await loadConfig(
      { schema, layers: [file("a.yaml", { secret: true })] },
      { directory, variables: {}, args: [], environment: "development" },
    );
    expect(value.url.password).toBe("hunter2");
    expect(JSON.stringify(value)).toBe('{"key":"***","url":"***","parts":"***"}');
    expect(inspect(value, { depth: 9 })).toBe("{ key: '***', url: '***', parts: '***' }");
  });
});
