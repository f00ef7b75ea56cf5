import type { HttpClient } from "@dext/service";

/** What the inventory is made to do: answer as usual, late, or with 503 two times out of three. */
export const faults = ["none", "slow", "failing"] as const;

export type Fault = (typeof faults)[number];

/** Makes the inventory slow or failing, to see what the others do about it. */
export interface FaultSwitch {
  read(): Promise<Fault>;
  turn(fault: Fault): Promise<void>;
}

export function createFaultSwitch(http: HttpClient): FaultSwitch {
  return {
    async read() {
      return (await http.get("http://inventory/fault").json<{ fault: Fault }>()).fault;
    },
    async turn(fault) {
      await http.put("http://inventory/fault", { json: { fault } }).text();
    },
  };
}

export function isFault(text: string): text is Fault {
  return faults.some((fault) => fault === text);
}
