import { isKnown, resolve } from "@playground/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("the address of a service", () => {
  beforeEach(() => {
    vi.stubEnv("services__inventory__http__0", "http://localhost:4001");
    vi.stubEnv("services__inventory__http__1", "http://localhost:4002");
  });
  afterEach(() => vi.unstubAllEnvs());

  it("is taken from the environment, path and query kept", () => {
    expect(resolve("http://inventory/stock/mug?all=1").href).toMatch(
      /^http:\/\/localhost:400[12]\/stock\/mug\?all=1$/,
    );
  });

  it("goes round the replicas", () => {
    const ports = [1, 2, 3, 4].map(() => resolve("http://inventory/").port);
    expect(new Set(ports.slice(0, 2))).toEqual(new Set(["4001", "4002"]));
    expect(ports.slice(2)).toEqual(ports.slice(0, 2));
  });

  it("is missed by the name of the variable", () => {
    expect(() => resolve("http://payments/")).toThrow(
      'the variable "services__payments__http__0" is not set',
    );
  });

  it("can be asked for", () => {
    expect([isKnown("inventory"), isKnown("payments")]).toEqual([true, false]);
  });
});
