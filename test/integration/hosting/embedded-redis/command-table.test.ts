import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { allCommands } from "../../../../hosting/src/embedded/redis/commands/all-commands.ts";
import type { Command } from "../../../../hosting/src/embedded/redis/commands/command.ts";
import { RawClient, textOf } from "../../../fixtures/embedded-redis/raw-client.ts";
import type { RawReply } from "../../../fixtures/embedded-redis/raw-client.ts";
import { realRedis, startRealRedis } from "../../../fixtures/embedded-redis/redis-servers.ts";
import type { RedisProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";

const redis = realRedis();

/** Added by Redis 7.2, and asked for by its clients. */
const newerCommands = new Set(["client|no-touch", "client|setinfo"]);

describe.skipIf(!redis.available)(`the command table ${redis.reason}`, () => {
  let real: RedisProcess;
  let client: RawClient;

  beforeAll(async () => {
    real = await startRealRedis();
    client = await RawClient.connect(real.port);
  });

  afterAll(async () => {
    client?.close();
    await real?.stop();
  });

  const commands = [...allCommands].flatMap((command) => [command, ...(command.subcommands?.values() ?? [])]);

  test.each(commands.filter(({ name }) => !newerCommands.has(name)))(
    "says of $name what redis-server says",
    async (command) => {
      const [info] = items(await client.call("COMMAND", "INFO", command.name));
      expect(info?.value, `redis-server knows ${command.name}`).not.toBeNull();
      const [name, arity, flags, first, last, step] = items(info as RawReply);
      expect(describeCommand(command)).toEqual({
        name: name?.value,
        arity: Number(arity?.value),
        flags: new Set(items(flags as RawReply).map((flag) => textOf(flag))),
        keys: [first, last, step].map((place) => Number(place?.value)),
      });
    },
  );
});

function items({ value }: RawReply): RawReply[] {
  return Array.isArray(value) ? value : [];
}

function describeCommand({ name, arity, flags, keys }: Command): object {
  return { name, arity, flags, keys: [...keys] };
}
