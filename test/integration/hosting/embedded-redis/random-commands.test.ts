import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startEmbeddedRedis } from "../../../../hosting/src/embedded/redis/start-embedded-redis.ts";
import type { EmbeddedRedis } from "../../../../hosting/src/embedded/redis/start-embedded-redis.ts";
import { createRandomCommands } from "../../../fixtures/embedded-redis/random-commands.ts";
import { RawClient, textOf } from "../../../fixtures/embedded-redis/raw-client.ts";
import type { RawReply } from "../../../fixtures/embedded-redis/raw-client.ts";
import { realRedis, startRealRedis } from "../../../fixtures/embedded-redis/redis-servers.ts";
import type { RedisProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";

const redis = realRedis();
const commandsPerRun = 10_000;
const commandsPerFlush = 400;

describe.skipIf(!redis.available)(`random commands ${redis.reason}`, () => {
  let real: RedisProcess;
  let embedded: EmbeddedRedis;
  let isSameRelease = false;

  beforeAll(async () => {
    [real, embedded] = await Promise.all([startRealRedis(), startEmbeddedRedis()]);
    const client = await RawClient.connect(real.port);
    isSameRelease = textOf(await client.call("INFO", "server")).includes("redis_version:7.0.");
    client.close();
  });

  afterAll(async () => {
    await Promise.all([real?.stop(), embedded?.close()]);
  });

  test.each([
    { seed: 10, protocol: 2 },
    { seed: 6, protocol: 3 },
  ])(
    "are answered like by redis-server (seed $seed, RESP$protocol)",
    { timeout: 60_000 },
    async ({ seed, protocol }) => {
      const [expected, actual] = await Promise.all([
        RawClient.connect(real.port),
        RawClient.connect(embedded.port),
      ]);
      await Promise.all([expected, actual].map((client) => client.call("HELLO", String(protocol))));
      const nextCommand = createRandomCommands(seed);
      for (let index = 0; index < commandsPerRun; index++) {
        const command = index % commandsPerFlush === 0 ? ["FLUSHALL"] : nextCommand();
        const [wanted, found] = await Promise.all([expected.call(...command), actual.call(...command)]);
        // Between releases, texts of errors and forms of numbers differ; then only the types are the same.
        const show = (reply: RawReply): unknown => (isSameRelease ? sortSet(command, reply) : reply.type);
        expect({ index, command, reply: show(found) }).toEqual({ index, command, reply: show(wanted) });
      }
      expected.close();
      actual.close();
    },
  );
});

/** Members of sets come in no order. */
function sortSet([name]: readonly string[], reply: RawReply): RawReply {
  if (name !== "SMEMBERS" || !Array.isArray(reply.value)) return reply;
  return { ...reply, value: reply.value.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1)) };
}
