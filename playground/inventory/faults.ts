/** What the inventory can be made to do: answer as usual, late, or with 503 two times out of three. */
const kinds = ["none", "slow", "failing"] as const;

export type Fault = (typeof kinds)[number];

export interface Faults {
  present(): Fault;
  /** `false`, and nothing changed, for what is no fault. */
  turn(fault: unknown): boolean;
  /** Lets one request suffer: waits, or gives the reason for which it is refused. */
  strike(): Promise<string | undefined>;
}

/** A switch for bad days, so that one can see what the others do about them. */
export function createFaults(): Faults {
  let present: Fault = "none";
  let struck = 0;
  return {
    present: () => present,
    turn(fault) {
      const kind = kinds.find((each) => each === fault);
      if (kind === undefined) return false;
      present = kind;
      return true;
    },
    async strike() {
      if (present === "slow") await new Promise((resolve) => setTimeout(resolve, 1_500));
      if (present !== "failing") return undefined;
      struck += 1;
      return struck % 3 === 0 ? undefined : "The inventory is made to fail";
    },
  };
}
