import type { Clock } from "@dext/core";
import type { Address } from "./address.ts";

/** Which of several addresses a request goes to: each in turn, any, or the first that does not refuse. */
export type Balance = "round-robin" | "random" | "first";

export interface BalancerOptions {
  balance: Balance;
  /** How long an address that refused is left alone, in milliseconds. */
  skipFor: number;
  clock: Clock;
  /** 0 up to, not including, 1. */
  random: () => number;
}

/** Chooses among the addresses of one service. */
export interface Balancer {
  choose(addresses: readonly Address[]): Address | undefined;
}

/** Remembers which addresses refused, for all services of one discovery. */
export interface Refusals {
  add(server: string): void;
  has(server: string): boolean;
}

export function createRefusals({ skipFor, clock }: BalancerOptions): Refusals {
  const until = new Map<string, number>();
  return {
    add: (server) => void until.set(server, clock.monotonic() + skipFor),
    has(server) {
      // The usual case costs one comparison.
      if (until.size === 0) return false;
      const end = until.get(server);
      if (end === undefined) return false;
      if (clock.monotonic() < end) return true;
      until.delete(server);
      return false;
    },
  };
}

export function createBalancer({ balance, random }: BalancerOptions, refusals: Refusals): Balancer {
  let turn = 0;
  return {
    choose(addresses) {
      if (addresses.length < 2) return addresses[0];
      const open = addresses.filter(({ server }) => !refusals.has(server));
      // When all refuse, one of them has to be tried all the same.
      const candidates = open.length > 0 ? open : addresses;
      if (balance === "first") return candidates[0];
      if (balance === "random") return candidates[Math.floor(random() * candidates.length)];
      turn += 1;
      return candidates[(turn - 1) % candidates.length];
    },
  };
}
