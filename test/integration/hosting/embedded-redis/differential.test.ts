import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startEmbeddedRedis } from "../../../../hosting/src/embedded/redis/start-embedded-redis.ts";
import type { EmbeddedRedis } from "../../../../hosting/src/embedded/redis/start-embedded-redis.ts";
import { RawClient, textOf } from "../../../fixtures/embedded-redis/raw-client.ts";
import { realRedis, startRealRedis } from "../../../fixtures/embedded-redis/redis-servers.ts";
import type { RedisProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";
import { runSequence } from "../../../fixtures/embedded-redis/sequence.ts";
import { connectionSequences } from "./sequences/connection.ts";
import { hashSequences } from "./sequences/hashes.ts";
import { keySequences } from "./sequences/keys.ts";
import { listSequences } from "./sequences/lists.ts";
import { pubsubSequences } from "./sequences/pubsub.ts";
import { scriptSequences } from "./sequences/scripts.ts";
import { serverSequences } from "./sequences/server.ts";
import { setSequences } from "./sequences/sets.ts";
import { sortedSetSequences } from "./sequences/sorted-sets.ts";
import { streamSequences } from "./sequences/streams.ts";
import { stringSequences } from "./sequences/strings.ts";
import { transactionSequences } from "./sequences/transactions.ts";

const groups = {
  strings: stringSequences,
  keys: keySequences,
  hashes: hashSequences,
  lists: listSequences,
  sets: setSequences,
  "sorted sets": sortedSetSequences,
  streams: streamSequences,
  "pub/sub": pubsubSequences,
  transactions: transactionSequences,
  scripts: scriptSequences,
  connection: connectionSequences,
  server: serverSequences,
};

const redis = realRedis();

describe.skipIf(!redis.available)(`the embedded server answers like redis-server ${redis.reason}`, () => {
  let real: RedisProcess;
  let embedded: EmbeddedRedis;
  let isExact = false;

  beforeAll(async () => {
    [real, embedded] = await Promise.all([startRealRedis(), startEmbeddedRedis()]);
    const client = await RawClient.connect(real.port);
    const facts = textOf(await client.call("INFO", "server"));
    client.close();
    // Other releases word their errors and write their numbers differently.
    isExact = facts.includes("redis_version:7.0.");
  });

  afterAll(async () => {
    await Promise.all([real?.stop(), embedded?.close()]);
  });

  describe.each([2, 3] as const)("RESP%i", (protocol) => {
    describe.each(Object.entries(groups))("%s", (_group, sequences) => {
      test.each(sequences)("$title", async (sequence) => {
        const expected = await runSequence(sequence, { port: real.port, protocol, isExact });
        const actual = await runSequence(sequence, { port: embedded.port, protocol, isExact });
        expect(actual).toEqual(expected);
      });
    });
  });
});
