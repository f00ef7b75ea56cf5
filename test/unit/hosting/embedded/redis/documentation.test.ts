import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { allCommands } from "../../../../../hosting/src/embedded/redis/commands/all-commands.ts";
import { embeddedRedisErrorCodes } from "../../../../../hosting/src/embedded/redis/error-codes.ts";

const guide = readFileSync(join(import.meta.dirname, "../../../../../docs/embedded-redis.md"), "utf8");

test("the guide lists exactly the commands that there are, by group", () => {
  // "- **string**: `APPEND`, `CONFIG` (`GET`, `SET`)"
  const rows = [...guide.matchAll(/^- \*\*([a-z-]+)\*\*: (`.*)$/gm)];
  const listed = rows.flatMap(([, group, cell = ""]) =>
    [...cell.matchAll(/`([A-Z_]+)`(?: \(([^)]*)\))?/g)].flatMap(([, name = "", subcommands]) => [
      `${group} ${name.toLowerCase()}`,
      ...[...(subcommands ?? "").matchAll(/`([A-Z-]+)`/g)].map(
        ([, subcommand = ""]) => `${group} ${name.toLowerCase()}|${subcommand.toLowerCase()}`,
      ),
    ]),
  );
  const known = [...allCommands].flatMap((command) =>
    [command, ...(command.subcommands?.values() ?? [])].map(({ group, name }) => `${group} ${name}`),
  );
  expect(new Set(listed)).toEqual(new Set(known));
  expect(listed).toHaveLength(known.length);
});

test("the guide lists every error code", () => {
  for (const code of Object.keys(embeddedRedisErrorCodes)) expect(guide).toContain(`\`${code}\``);
});
