import { isDextError } from "@dext/core";
import type { Clock } from "@dext/core";
import { createDiscovery } from "@dext/service";
import type { DiscoveryOptions } from "@dext/service";
import { describe, expect, it } from "vitest";

const environment = {
  services__api__http__0: "http://localhost:5001",
  services__api__https__0: "https://localhost:5101",
  services__api__admin__0: "http://localhost:5201",
  services__secure__https__0: "https://localhost:5301",
  "services__order-api__http__0": "http://localhost:5401",
  services__stock_api__http__0: "http://localhost:5501",
  services__OldApi__http__0: "http://localhost:5601/",
  services__based__http__0: "http://proxy.example:80/under/",
  services__bare__http__0: "localhost:5701",
  services__switched__http__0: "https://localhost:5801",
  services__plain__http: "http://localhost:5901",
  services__named__default__0: "http://localhost:6001",
  LEGACY_HTTP: "http://localhost:6101",
  ORDER_DESK_ADMIN: "http://localhost:6201",
};

describe("a URL of a service", () => {
  const { resolve } = createDiscovery({ environment });

  it.each([
    ["http://api", "http://localhost:5001"],
    ["http://api/users?a=1#top", "http://localhost:5001/users?a=1#top"],
    ["http://api?a=1", "http://localhost:5001?a=1"],
    ["HTTP://API/Users", "http://localhost:5001/Users"],
    ["https://api/", "https://localhost:5101/"],
    ["https+http://api/", "https://localhost:5101/"],
    ["http+https://api/", "http://localhost:5001/"],
    ["https+http://order-api/", "http://localhost:5401/"],
    ["http://_admin.api/", "http://localhost:5201/"],
    ["https+http://secure/", "https://localhost:5301/"],
    ["http://order-api/", "http://localhost:5401/"],
    ["http://stock-api/", "http://localhost:5501/"],
    ["http://oldapi/", "http://localhost:5601/"],
    ["http://based/x", "http://proxy.example/under/x"],
    ["http://bare/x", "http://localhost:5701/x"],
    ["http://switched/x", "https://localhost:5801/x"],
    ["http://plain/x", "http://localhost:5901/x"],
    ["http://named/x", "http://localhost:6001/x"],
    ["http://legacy/x", "http://localhost:6101/x"],
    ["http://_admin.order-desk/x", "http://localhost:6201/x"],
  ])("%s becomes %s", (url, wanted) => {
    expect(resolve(url)).toBe(wanted);
  });
});

describe("what names a server", () => {
  const { resolve, isKnown, addresses } = createDiscovery({ environment });

  it.each([
    "http://localhost/",
    "http://localhost:5001/",
    "http://api:8080/",
    "http://127.0.0.1/",
    "http://[::1]/",
    "http://user:password@api/",
    "https://example.com/a?b=http://api",
    "https://api.example.com",
    "http://unknown/",
    "ws://api/",
    "redis://api",
    "mailto:api",
    "/users",
    "",
  ])("%s stays as it is", (url) => {
    expect(resolve(url)).toBe(url);
    expect([isKnown(url), addresses(url)]).toEqual([false, []]);
  });

  it("gets the first of several schemes, since fetch knows no other way", () => {
    expect(resolve("https+http://unknown/a")).toBe("https://unknown/a");
    expect(resolve("http+https://example.com:81/a")).toBe("http://example.com:81/a");
  });
});

describe("a service that cannot be addressed", () => {
  it.each([
    [
      "http://secure/",
      'The service "secure" has no address: wanted is the endpoint http, known is https',
      "https+http://secure",
    ],
    [
      "http://_metrics.api/",
      'The service "api" has no address: wanted is the endpoint metrics, known is http, https, admin',
      "services__api__metrics__0",
    ],
    [
      "http://_admin.unknown/",
      'The service "unknown" has no address: wanted is the endpoint admin, none is known',
      "services__unknown__admin__0",
    ],
    [
      "http://blank/",
      'The service "blank" has no address: wanted is the endpoint http, known is http',
      "services__blank__http__0",
    ],
  ])("%s is refused: %s", (url, message, hint) => {
    const { resolve } = createDiscovery({ environment: { ...environment, services__blank__http__0: " " } });
    const error = thrown(() => resolve(url));
    expect(error).toMatchObject({ code: "DEXT_SERVICE_ADDRESS_MISSING", message });
    expect(error.hint).toContain(hint);
  });

  it.each(["http://", "no address", "http://host:port", "http://localhost:5001/?a=1", "http://a b"])(
    "because its variable is %j is refused, with the name of the variable",
    (text) => {
      const { resolve } = createDiscovery({
        environment: { services__broken__http__0: text, services__api__http__0: "http://localhost:1" },
      });
      const error = thrown(() => resolve("http://broken/"));
      expect(error.code).toBe("DEXT_SERVICE_ADDRESS_INVALID");
      expect(error.message).toContain(`the variable "services__broken__http__0": it is "${text}"`);
      // Others are none of its business.
      expect(resolve("http://api/")).toBe("http://localhost:1/");
    },
  );

  it("is refused without showing the credentials of its variable", () => {
    const { resolve } = createDiscovery({
      environment: { services__broken__http__0: "http://user:hunter2@localhost:x" },
    });
    expect(thrown(() => resolve("http://broken/")).message).not.toContain("hunter2");
  });

  it("is left to DNS when a short variable with its name is no URL", () => {
    expect(createDiscovery({ environment: { MY_HTTP: "1" } }).resolve("http://my/")).toBe("http://my/");
  });
});

describe("configuration", () => {
  const values: Record<string, string> = {
    "Services:api:http:0": "http://localhost:1",
    "Services:users:http:0": "http://localhost:2",
    "Services:users:http:1": "http://localhost:3",
    "Services:only:http": "http://localhost:4",
  };
  const configuration = { get: (path: string) => values[path] };

  it("is asked after the variables", () => {
    const { resolve } = createDiscovery({ environment, configuration });
    expect(resolve("http://api/")).toBe("http://localhost:5001/");
    expect([resolve("http://users/"), resolve("http://users/")]).toEqual([
      "http://localhost:2/",
      "http://localhost:3/",
    ]);
    expect(resolve("http://only/")).toBe("http://localhost:4/");
    expect(resolve("http://unknown/")).toBe("http://unknown/");
  });

  it("is read anew at each call", () => {
    const { resolve, isKnown } = createDiscovery({ environment: {}, configuration });
    expect(isKnown("http://late")).toBe(false);
    values["Services:late:http:0"] = "http://localhost:5";
    expect([isKnown("http://late"), resolve("http://late/")]).toEqual([true, "http://localhost:5/"]);
  });
});

describe("several addresses", () => {
  const three = {
    services__api__http__0: "http://a:1",
    services__api__http__1: "http://b:1",
    services__api__http__2: "http://c:1",
  };
  const turns = (options: DiscoveryOptions, count: number): string[] => {
    const { resolve } = createDiscovery({ environment: three, ...options });
    return Array.from({ length: count }, () => new URL(resolve("http://api")).hostname);
  };

  it("are taken in turn", () => {
    expect(turns({}, 5)).toEqual(["a", "b", "c", "a", "b"]);
  });

  it("are taken at random when asked", () => {
    const numbers = [0.9, 0, 0.5];
    expect(turns({ balance: "random", random: () => numbers.shift() ?? 0 }, 3)).toEqual(["c", "a", "b"]);
  });

  it("are taken by their order when asked", () => {
    expect(turns({ balance: "first" }, 3)).toEqual(["a", "a", "a"]);
  });

  it("are skipped for a while after they refused, and tried again when all of them have", () => {
    let now = 0;
    const clock: Clock = { now: () => now, monotonic: () => now, setTimer: () => ({ clear() {} }) };
    const discovery = createDiscovery({ environment: three, balance: "first", skipFor: "10s", clock });
    const next = (): string => new URL(discovery.resolve("http://api")).hostname;
    discovery.reportRefusal("http://a:1/users");
    expect(next()).toBe("b");
    discovery.reportRefusal("http://b:1/");
    discovery.reportRefusal("http://c:1");
    expect(next()).toBe("a");
    now = 9_999;
    expect(next()).toBe("a");
    now = 10_000;
    expect(next()).toBe("a");
    discovery.reportRefusal("http://a:1");
    expect(next()).toBe("b");
  });
});

describe("a process that may not list its variables", () => {
  it("finds those that it may read by name", () => {
    const guarded = new Proxy<Record<string, string>>(
      { services__api__http__0: "http://localhost:1" },
      {
        ownKeys() {
          throw new Error("NotCapable");
        },
      },
    );
    expect(createDiscovery({ environment: guarded }).resolve("http://api/")).toBe("http://localhost:1/");
  });
});

function thrown(work: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    work();
  } catch (error) {
    if (isDextError(error)) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}
