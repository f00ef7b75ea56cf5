import { setTimeout as delay } from "node:timers/promises";
import { Watch } from "@kubernetes/client-node";
import type { V1Status } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { suiteSubject } from "../../fixtures/kubernetes/api-subject.ts";
import { isList, isWatch, kubernetesFaults } from "../../fixtures/kubernetes/faults.ts";
import { refusalOf } from "../../fixtures/kubernetes/refusal-of.ts";

describe("the suite's Kubernetes server", () => {
  it("says that a version is gone in the stream, and that a page is gone with a token to go on", async () => {
    const subject = await suiteSubject();
    const { core, kubeconfig, namespace, server } = subject;
    for (const name of ["a", "b"]) {
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name } } });
    }
    const page = await core.listNamespacedConfigMap({ namespace, limit: 1 });
    server?.store.advance();
    server?.store.compact();
    const events: unknown[] = [];
    await new Promise<void>((resolve) => {
      void new Watch(kubeconfig).watch(
        `/api/v1/namespaces/${namespace}/configmaps`,
        { resourceVersion: "1" },
        (type: string, object: V1Status) => events.push([type, object.code, object.reason, object.message]),
        () => resolve(),
      );
    });
    expect(events).toEqual([
      ["ERROR", 410, "Expired", `too old resource version: 1 (${String(server?.store.version)})`],
    ]);
    const expired = (await refusalOf(
      core.listNamespacedConfigMap({ namespace, limit: 1, _continue: page.metadata?._continue ?? "" }),
    )) as { code: number; metadata: { continue: string } };
    expect(expired.code).toBe(410);
    const rest = await core.listNamespacedConfigMap({ namespace, _continue: expired.metadata.continue });
    expect(rest.items.map(({ metadata }) => metadata?.name)).toEqual(["b"]);
    await subject.close();
  });

  it("sends bookmarks only to who asks for them, and fails in every way that it is told to", async () => {
    const subject = await suiteSubject();
    const { core, kubeconfig, namespace, server } = subject;
    if (server === undefined) throw new Error("no server");
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const [asked, silent]: [unknown[], unknown[]] = [[], []];
    const open = (query: object, into: unknown[]): Promise<AbortController> =>
      new Watch(kubeconfig).watch(
        path,
        { ...query },
        (type: string, object) => into.push([type, object]),
        () => {},
      );
    const watches = [await open({ allowWatchBookmarks: true }, asked), await open({}, silent)];
    await expect.poll(() => server.watches.size).toBe(2);
    server.sendBookmarks();
    const metadata = { resourceVersion: String(server.store.version), creationTimestamp: null };
    await expect.poll(() => asked).toEqual([["BOOKMARK", { kind: "ConfigMap", apiVersion: "v1", metadata }]]);
    expect(silent).toEqual([]);
    for (const watch of watches) watch.abort();

    server.inject({ fault: kubernetesFaults.tooManyRequests(7), when: isList, times: 1 });
    const busy = await core.listNamespacedConfigMap({ namespace }).catch((error: unknown) => error);
    expect(busy).toMatchObject({ code: 429, headers: { "retry-after": "7" } });
    for (const [fault, code] of [
      [kubernetesFaults.internalError, 500],
      [kubernetesFaults.unauthorized, 401],
      [kubernetesFaults.gone, 410],
    ] as const) {
      server.inject({ fault, when: isList, times: 1 });
      expect(await refusalOf(core.listNamespacedConfigMap({ namespace }))).toMatchObject({ code });
    }
    server.inject({ fault: { kind: "reset" }, when: isList, times: 1 });
    await expect(core.listNamespacedConfigMap({ namespace })).rejects.toThrow("fetch failed");
    server.inject({ fault: kubernetesFaults.stream("garbage\n", { ends: true }), when: isWatch, times: 1 });
    const lines: unknown[] = [];
    await open({}, lines);
    await delay(50);
    expect(lines).toEqual([]);
    await subject.close();
  });
});
