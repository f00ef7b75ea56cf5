import {
  CoreV1Api,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  V1ConfigMap,
  V1ObjectMeta,
  V1Secret,
  V1Status,
  Watch,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realKubeconfig, realSubject, suiteSubject } from "../../fixtures/kubernetes/api-subject.ts";
import type { ApiSubject } from "../../fixtures/kubernetes/api-subject.ts";
import { rawRequest } from "../../fixtures/kubernetes/raw-request.ts";
import { refusalOf } from "../../fixtures/kubernetes/refusal-of.ts";

describe("the API of the suite's Kubernetes server", () => {
  describeApi(suiteSubject);
});

describe.skipIf(realKubeconfig === undefined)(
  `the API of a real cluster${realKubeconfig === undefined ? " (skipped: DEXT_TEST_KUBECONFIG names none)" : ""}`,
  () => {
    describeApi(realSubject);
  },
);

/** Far away, answers take their time. */
const patience = { timeout: 10_000 };

function describeApi(create: () => Promise<ApiSubject>): void {
  let subject: ApiSubject;
  beforeAll(async () => {
    subject = await create();
  });
  // It may not have come to be.
  afterAll(() => (subject as ApiSubject | undefined)?.close());

  it("creates, gets, replaces, patches and deletes a ConfigMap", async () => {
    const { core, namespace } = subject;
    const name = "crud";
    const created = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name }, data: { a: "1" } },
    });
    expect(created).toMatchObject({ kind: "ConfigMap", apiVersion: "v1", data: { a: "1" } });
    expect(created.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date);
    const replaced = await core.replaceNamespacedConfigMap({
      name,
      namespace,
      body: Object.assign(created, { data: { a: "2" } }),
    });
    expect(Number(replaced.metadata?.resourceVersion)).toBeGreaterThan(
      Number(created.metadata?.resourceVersion),
    );
    expect(replaced.metadata?.uid).toBe(created.metadata?.uid);
    const body = [{ op: "add", path: "/data/b", value: "3" }];
    expect((await core.patchNamespacedConfigMap({ name, namespace, body })).data).toEqual({ a: "2", b: "3" });
    const merged = await core.patchNamespacedConfigMap(
      { name, namespace, body: { data: { a: null, c: "4" } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    expect(merged.data).toEqual({ b: "3", c: "4" });
    expect((await core.readNamespacedConfigMap({ name, namespace })).data).toEqual({ b: "3", c: "4" });
    const status = await core.deleteNamespacedConfigMap({ name, namespace });
    expect(status).toMatchObject({ status: "Success", details: { name, kind: "configmaps" } });
  });

  it("gives the data of a Secret in base64, and takes stringData", async () => {
    const { core, namespace } = subject;
    const body = { metadata: { name: "secret" }, stringData: { password: "hunter2" } };
    const secret = await core.createNamespacedSecret({ namespace, body });
    expect(secret.data).toEqual({ password: "aHVudGVyMg==" });
    expect(secret.type).toBe("Opaque");
    expect(secret.stringData).toBeUndefined();
  });

  it("refuses with a Status: absent, there already, changed meanwhile, immutable", async () => {
    const { core, namespace } = subject;
    const gone = await refusalOf(core.readNamespacedConfigMap({ name: "absent", namespace }));
    expect(gone).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'configmaps "absent" not found',
      reason: "NotFound",
      details: { name: "absent", kind: "configmaps" },
      code: 404,
    });
    const metadata = { name: "fixed" };
    const body = { metadata, immutable: true, data: { a: "1" } };
    const first = await core.createNamespacedConfigMap({ namespace, body });
    expect(await refusalOf(core.createNamespacedConfigMap({ namespace, body }))).toMatchObject({
      reason: "AlreadyExists",
      message: 'configmaps "fixed" already exists',
      code: 409,
    });
    const other = { ...body, data: { a: "2" } };
    expect(
      await refusalOf(core.replaceNamespacedConfigMap({ name: "fixed", namespace, body: other })),
    ).toMatchObject({
      reason: "Invalid",
      code: 422,
      details: { name: "fixed", kind: "ConfigMap" },
    });
    const labels = { touched: "yes" };
    const touched = { ...body, metadata: { name: "fixed", labels } };
    await core.replaceNamespacedConfigMap({ name: "fixed", namespace, body: touched });
    expect(
      await refusalOf(
        core.replaceNamespacedConfigMap({
          name: "fixed",
          namespace,
          body: { ...body, metadata: first.metadata ?? {} },
        }),
      ),
    ).toMatchObject({
      reason: "Conflict",
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "fixed": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it("lists by labels and by name, and in pages of one consistent state", async () => {
    const { core, namespace } = subject;
    for (const name of ["page-a", "page-b", "page-c"]) {
      const metadata = { name, labels: { app: "pages", odd: String(name !== "page-b") } };
      await core.createNamespacedConfigMap({ namespace, body: { metadata, data: { name } } });
    }
    const by = (query: object): ReturnType<CoreV1Api["listNamespacedConfigMap"]> =>
      core.listNamespacedConfigMap({ namespace, ...query });
    expect(namesOf(await by({ labelSelector: "app=pages,odd!=true" }))).toEqual(["page-b"]);
    expect(namesOf(await by({ labelSelector: "app in (pages, other),!absent" }))).toHaveLength(3);
    expect(namesOf(await by({ fieldSelector: "metadata.name=page-c" }))).toEqual(["page-c"]);
    const first = await by({ labelSelector: "app=pages", limit: 2 });
    expect(namesOf(first)).toEqual(["page-a", "page-b"]);
    const token = first.metadata?._continue ?? "";
    expect(token).not.toBe("");
    await core.deleteNamespacedConfigMap({ name: "page-c", namespace });
    const rest = await by({ labelSelector: "app=pages", limit: 2, _continue: token });
    expect(namesOf(rest)).toEqual(["page-c"]);
    expect(rest.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
    expect(rest.metadata?._continue ?? "").toBe("");
  });

  it("watches from a version: what was added, modified and deleted since, then what follows", async () => {
    const { core, kubeconfig, namespace } = subject;
    const name = "watched";
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { a: "1" } } });
    const seen: string[] = [];
    const ended = new Promise<unknown>((resolve) => {
      void new Watch(kubeconfig).watch(
        `/api/v1/namespaces/${namespace}/configmaps`,
        {
          resourceVersion: metadata?.resourceVersion,
          fieldSelector: `metadata.name=${name}`,
          timeoutSeconds: subject.server === undefined ? 10 : 3,
        },
        (type: string, object: V1ConfigMap) => seen.push(`${type} ${object.data?.["a"] ?? ""}`),
        resolve,
      );
    });
    await expect.poll(() => seen, patience).toEqual(["ADDED 1"]);
    await core.patchNamespacedConfigMap({
      name,
      namespace,
      body: [{ op: "replace", path: "/data/a", value: "2" }],
    });
    await core.deleteNamespacedConfigMap({ name, namespace });
    await expect.poll(() => seen, patience).toEqual(["ADDED 1", "MODIFIED 2", "DELETED 2"]);
    // The server ends it, which is no error.
    expect(await ended).toBeNull();
  });

  it("begins a watch without a version with what is there", async () => {
    const { core, kubeconfig, namespace } = subject;
    const metadata = { name: "present", labels: { app: "present" } };
    await core.createNamespacedConfigMap({ namespace, body: { metadata } });
    const seen: string[] = [];
    const watch = await new Watch(kubeconfig).watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      { labelSelector: "app=present" },
      (type: string) => seen.push(type),
      () => {},
    );
    await expect.poll(() => seen, patience).toEqual(["ADDED"]);
    // What ceases to fit a selector is deleted for who watches by it.
    await core.patchNamespacedConfigMap({
      name: "present",
      namespace,
      body: [{ op: "remove", path: "/metadata/labels/app" }],
    });
    await expect.poll(() => seen, patience).toEqual(["ADDED", "DELETED"]);
    watch.abort();
  });

  it("feeds the informer of the client library", async () => {
    const { core, kubeconfig, namespace } = subject;
    const labelSelector = "app=informed";
    const informer = makeInformer(
      kubeconfig,
      `/api/v1/namespaces/${namespace}/secrets`,
      () => core.listNamespacedSecret({ namespace, labelSelector }),
      labelSelector,
    );
    const seen: string[] = [];
    for (const event of ["add", "update", "delete"] as const) {
      informer.on(event, ({ metadata }: V1Secret) => seen.push(`${event} ${metadata?.name ?? ""}`));
    }
    await core.createNamespacedSecret({ namespace, body: { metadata: informed("first") } });
    await informer.start();
    await expect.poll(() => seen, patience).toEqual(["add first"]);
    await core.createNamespacedSecret({ namespace, body: { metadata: informed("second") } });
    const body = { metadata: informed("first"), stringData: { a: "1" } };
    await core.replaceNamespacedSecret({ name: "first", namespace, body });
    await core.deleteNamespacedSecret({ name: "second", namespace });
    await expect
      .poll(() => seen, patience)
      .toEqual(["add first", "add second", "update first", "delete second"]);
    await informer.stop();
  });

  it("gives what is noted about objects without their data, to who asks for it", async () => {
    const { core, kubeconfig, namespace } = subject;
    await core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: "noted" }, stringData: { a: "1" } },
    });
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const one = await rawRequest(kubeconfig, `${path}/noted`, {
      accept: metadataAs("PartialObjectMetadata"),
    });
    expect(one.body).toMatchObject({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" });
    expect(one.body).not.toHaveProperty("data");
    const list = await rawRequest(kubeconfig, `${path}?fieldSelector=metadata.name%3Dnoted`, {
      accept: metadataAs("PartialObjectMetadataList"),
    });
    expect(list.body).toMatchObject({
      kind: "PartialObjectMetadataList",
      items: [{ metadata: { name: "noted" } }],
    });
    expect((list.body as { items: object[] }).items[0]).not.toHaveProperty("data");
    const none = await rawRequest(kubeconfig, path, { accept: "application/xml" });
    expect(none).toMatchObject({ status: 406, body: { kind: "Status", reason: "NotAcceptable" } });
  });

  it("forbids what no rule allows, and allows by name only what is asked by name", async () => {
    const { core, namespace } = subject;
    for (const name of ["mine", "foreign"]) {
      await core.createNamespacedSecret({ namespace, body: { metadata: { name } } });
    }
    const limited = await subject.asServiceAccount({
      resources: ["secrets"],
      resourceNames: ["mine"],
      verbs: ["get", "list", "watch"],
    });
    const asked = limited.makeApiClient(CoreV1Api);
    // A real cluster takes a moment until a rule holds.
    await expect
      .poll(
        () =>
          asked.readNamespacedSecret({ name: "mine", namespace }).then(
            () => true,
            () => false,
          ),
        patience,
      )
      .toBe(true);
    const own = await asked.listNamespacedSecret({ namespace, fieldSelector: "metadata.name=mine" });
    expect(own.items).toHaveLength(1);
    const user = `system:serviceaccount:${namespace}:limited`;
    expect(await refusalOf(asked.listNamespacedSecret({ namespace }))).toMatchObject({
      reason: "Forbidden",
      code: 403,
      // Some clouds say behind it what they would have wanted.
      message: expect.stringContaining(
        `secrets is forbidden: User "${user}" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`,
      ),
      details: { kind: "secrets" },
    });
    expect(await refusalOf(asked.readNamespacedSecret({ name: "foreign", namespace }))).toMatchObject({
      message: expect.stringContaining(
        `secrets "foreign" is forbidden: User "${user}" cannot get resource "secrets" in API group "" in the namespace "${namespace}"`,
      ),
      details: { name: "foreign", kind: "secrets" },
    });
    const byName = asked.listNamespacedSecret({ namespace, fieldSelector: "metadata.name=foreign" });
    expect(await refusalOf(byName)).toMatchObject({ reason: "Forbidden", details: { name: "foreign" } });
    const cluster = limited.getCurrentCluster();
    if (cluster !== null)
      limited.loadFromClusterAndUser(cluster, { name: "nobody", token: "no-token-at-all" });
    const nobody = await rawRequest(limited, `/api/v1/namespaces/${namespace}/secrets/mine`);
    expect(nobody).toEqual({
      status: 401,
      body: {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: "Unauthorized",
        reason: "Unauthorized",
        code: 401,
      },
    });
  });

  it("has no members that the published document does not have", async () => {
    const { core, kubeconfig, namespace } = subject;
    const metadata = { name: "members", labels: { app: "members" }, annotations: { note: "x" } };
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata, data: { a: "1" }, binaryData: { b: "AA==" } },
    });
    await core.createNamespacedSecret({
      namespace,
      body: { metadata, stringData: { a: "1" }, immutable: true },
    });
    for (const [resource, model] of [
      ["configmaps", V1ConfigMap],
      ["secrets", V1Secret],
    ] as const) {
      const { body } = await rawRequest(kubeconfig, `/api/v1/namespaces/${namespace}/${resource}/members`);
      expect(membersOf(model)).toEqual(expect.arrayContaining(Object.keys(body as object)));
      const { metadata: noted } = body as { metadata: object };
      expect(membersOf(V1ObjectMeta)).toEqual(expect.arrayContaining(Object.keys(noted)));
    }
    const absent = await rawRequest(kubeconfig, `/api/v1/namespaces/${namespace}/configmaps/absent`);
    expect(membersOf(V1Status)).toEqual(expect.arrayContaining(Object.keys(absent.body as object)));
    const unknown = await rawRequest(kubeconfig, `/api/v1/namespaces/${namespace}/nothings`);
    expect(unknown).toMatchObject({ status: 404, body: { reason: "NotFound", details: {} } });
  });
}

function namesOf({ items }: { items: V1ConfigMap[] }): unknown {
  return items.map(({ metadata }) => metadata?.name);
}

function informed(name: string): V1ObjectMeta {
  return { name, labels: { app: "informed" } };
}

function metadataAs(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;
}

/** The members that the client library has generated from the published OpenAPI document. */
function membersOf(model: { getAttributeTypeMap(): { baseName: string }[] }): string[] {
  return model.getAttributeTypeMap().map(({ baseName }) => baseName);
}
