import { silentLogger } from "@dext/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DynamicReader } from "../../../../providers/src/vault/dynamic-reader.ts";
import { VaultRefusal } from "../../../../providers/src/vault/vault-client.ts";
import type { VaultAnswer, VaultRequest } from "../../../../providers/src/vault/vault-client.ts";
import type { LoginResult } from "../../../../providers/src/vault/vault-login.ts";
import { VaultSession } from "../../../../providers/src/vault/vault-session.ts";
import { ManualClock } from "../../../fixtures/resilience/manual-clock.ts";

const minute = 60_000;
const signal = new AbortController().signal;

/** Of a machine that can sleep: the time on the wall goes on, timers do not. */
class SleepingClock extends ManualClock {
  slept = 0;

  override now(): number {
    return super.now() + this.slept;
  }
}

let clock: SleepingClock;
let session: VaultSession;
let logins: (() => LoginResult)[];
let requests: VaultRequest[];
let answer: (request: VaultRequest) => Promise<VaultAnswer>;

beforeEach(() => {
  clock = new SleepingClock();
  logins = [];
  requests = [];
  answer = () => Promise.resolve({});
  session = newSession();
});

afterEach(() => session.close());

describe("a session of Vault whose token comes to its end", () => {
  test("goes on logging in when that is refused, tells it once, and tells when it is over", async () => {
    const problems: unknown[] = [];
    let recoveries = 0;
    session.onProblem = (error) => problems.push(error);
    session.onRecovered = () => (recoveries += 1);
    logins = [() => token("first"), refuse, refuse, refuse, () => token("second")];
    await session.request({ method: "GET", path: "secret", signal });
    await clock.advance(40.5 * minute);
    expect([problems.length, logins.length]).toEqual([1, 3]);
    await clock.advance(2 * minute);
    expect([session.held?.id, problems.length, recoveries]).toEqual(["first", 1, 0]);
    await clock.advance(2 * minute);
    expect([session.held?.id, problems.length, recoveries]).toEqual(["second", 1, 1]);
  });

  test("tells that it is over as well when a request has logged in meanwhile", async () => {
    let recoveries = 0;
    session.onRecovered = () => (recoveries += 1);
    logins = [() => token("first"), refuse, () => token("second")];
    await session.request({ method: "GET", path: "secret", signal });
    await clock.advance(40.5 * minute);
    answer = ({ token: used }) =>
      used === "first"
        ? Promise.reject(new VaultRefusal(403, { answer: {}, message: "403" }))
        : Promise.resolve({});
    await session.request({ method: "GET", path: "secret", signal });
    expect([session.held?.id, recoveries]).toEqual(["second", 0]);
    await clock.advance(2 * minute);
    expect(recoveries).toBe(1);
  });
});

describe("credentials of Vault", () => {
  test("are replaced when the machine has slept over the end of their lease or of their token", async () => {
    for (const [life, lease] of [
      [60, 24 * 60],
      [24 * 60, 60],
    ] as const) {
      const reader = dynamicReader();
      logins = [() => token("asleep", life), () => token("awake", life)];
      answer = () => Promise.resolve(credentials(1, lease * 60));
      await reader.read(signal);
      expect(await reader.hasChanged()).toBe(false);
      clock.slept += 2 * 60 * minute;
      answer = ({ path }) =>
        path.endsWith("renew")
          ? Promise.reject(new VaultRefusal(400, { answer: {}, message: "400: lease not found" }))
          : Promise.resolve(credentials(2, lease * 60));
      await reader.hasChanged();
      await clock.advance(0);
      expect(await reader.hasChanged()).toBe(true);
      expect((await reader.read(signal)).values).toEqual({ username: "user2" });
      await reader.close();
      await session.close();
      session = newSession();
    }
  });

  test("are replaced when their token was replaced while they were made", async () => {
    const reader = dynamicReader();
    let due = 0;
    reader.onDue = () => (due += 1);
    logins = [() => token("first"), () => token("second")];
    const made = Promise.withResolvers<VaultAnswer>();
    answer = () => made.promise;
    const read = reader.read(signal);
    await clock.advance(45 * minute);
    expect(session.held?.id).toBe("second");
    made.resolve(credentials(1));
    expect((await read).values).toEqual({ username: "user1" });
    expect(due).toBe(1);
    answer = () => Promise.resolve(credentials(2));
    expect((await reader.read(signal)).values).toEqual({ username: "user2" });
    expect(
      requests.filter(({ path }) => path === "database/creds/api").map(({ token: used }) => used),
    ).toEqual(["first", "second"]);
    await reader.close();
  });
});

function client(request: VaultRequest): Promise<VaultAnswer> {
  requests.push(request);
  return answer(request);
}

function newSession(): VaultSession {
  const context = { clock, random: () => 0.5, logger: silentLogger };
  const login = {
    own: true,
    notes: [],
    login: async () => (logins.shift() ?? (() => token("later")))(),
  };
  return new VaultSession({ client, login, context, tokenGrace: 5 * minute });
}

function dynamicReader(): DynamicReader {
  const context = { clock, random: () => 0.5 };
  return new DynamicReader({ dynamic: "database/creds/api" }, { session, context, grace: 5 * minute });
}

function token(id: string, minutes = 60): LoginResult {
  return { token: id, life: { ttl: minutes * minute, renewable: false } };
}

function refuse(): never {
  throw new Error("no such role at present");
}

function credentials(number: number, seconds = 86_400): VaultAnswer {
  return {
    lease_id: `database/creds/api/${number}`,
    lease_duration: seconds,
    renewable: true,
    data: { username: `user${number}` },
  };
}
