import { systemClock } from "@dext/core";
import { describe, expect, test } from "vitest";
import { ApiClient } from "../../../../providers/src/kubernetes-api/api-client.ts";

describe("a request to the API of Kubernetes", () => {
  test("ends with its signal also while credentials are made by what cannot be ended, as a provider of identity", async () => {
    const connection = {
      server: "https://127.0.0.1:1",
      namespace: undefined,
      authenticate: () => new Promise<never>(() => {}),
      renew: () => Promise.resolve(),
    };
    const abort = new AbortController();
    const asked = new ApiClient(connection, systemClock).json({
      verb: "get",
      object: { kind: "ConfigMap", name: "shop" },
      namespace: "default",
      permissions: [],
      path: "/api/v1/namespaces/default/configmaps/shop",
      accept: "application/json",
      signal: abort.signal,
    });
    abort.abort(new Error("closed"));
    await expect(asked).rejects.toThrow("closed");
  });
});
