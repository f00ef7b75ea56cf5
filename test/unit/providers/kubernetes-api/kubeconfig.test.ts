import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@dext/core";
import type { LoadContext } from "@dext/providers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../../fixtures/kubernetes/certificates.ts";
import { connect } from "../../../../providers/src/kubernetes-api/connection.ts";
import type { Connection, Credentials } from "../../../../providers/src/kubernetes-api/connection.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-kubeconfig-"));
});
afterAll(() => rm(folder, { recursive: true }));

const authority = createAuthority();
const [me, other] = [authority.forUser("me"), authority.forUser("other")];

type Entry = Readonly<Record<string, unknown>>;

/** A kubeconfig with one context, as `kubectl` writes it. */
function kubeconfigOf({ cluster = {}, user = { token: "t" }, context = {} }: Record<string, Entry> = {}): {
  [key: string]: unknown;
} {
  return {
    "current-context": "own",
    clusters: [{ name: "own", cluster: { server: "https://10.0.0.1:6443", ...cluster } }],
    users: [{ name: "me", user }],
    contexts: [{ name: "own", context: { cluster: "own", user: "me", ...context } }],
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

async function write(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** The way that files lead, in the order in which `KUBECONFIG` lists them. */
async function connectBy(...files: readonly string[]): Promise<Connection> {
  const context: LoadContext = {
    signal: new AbortController().signal,
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
    directory: folder,
    environment: "test",
    variables: { KUBECONFIG: files.join(":") },
    args: [],
    shape: undefined,
  };
  const found = await connect({ programTimeout: 1_000, proxyTimeout: 1_000 }, context);
  if ("absent" in found) throw new Error(`There is none: ${found.absent.join()}`);
  return found;
}

async function credentialsOf(content: unknown): Promise<Credentials> {
  const connection = await connectBy(await write("config", content));
  return connection.authenticate(new AbortController().signal);
}

describe("a kubeconfig", () => {
  test("is used though other entries in it are incomplete, as kubectl config set-context leaves them", async () => {
    const whole = kubeconfigOf();
    const credentials = await credentialsOf({
      ...whole,
      contexts: [
        ...(whole["contexts"] as Entry[]),
        { name: "other", context: { cluster: "", user: "" } },
        { name: "none", context: null },
      ],
      clusters: [...(whole["clusters"] as Entry[]), { name: "other", cluster: { server: "" } }],
    });
    expect(credentials.headers).toEqual({ authorization: "Bearer t" });
  });

  test("has its certificates in itself before those in files, as for kubectl", async () => {
    const cluster = {
      "certificate-authority": "gone.crt",
      "certificate-authority-data": base64("authority"),
    };
    const user = {
      "client-certificate": "gone.crt",
      "client-certificate-data": base64(me.cert),
      "client-key": "gone.key",
      "client-key-data": base64(me.key),
    };
    const { ca, cert, key } = await credentialsOf(kubeconfigOf({ cluster, user }));
    expect([ca, cert, key].map(String)).toEqual(["authority", me.cert, me.key]);
    const script = `printf %s '{"status":{"token":"told"}}'`;
    const exec = { command: "sh", args: ["-c", script], provideClusterInfo: true };
    const { headers } = await credentialsOf(kubeconfigOf({ cluster, user: { exec } }));
    expect(headers).toEqual({ authorization: "Bearer told" });
  });

  test("asks as nobody where the context names no user, which kubectl writes as an empty name", async () => {
    const cluster = { "certificate-authority-data": base64("a") };
    const { ca, headers } = await credentialsOf(kubeconfigOf({ cluster, context: { user: "" } }));
    expect([String(ca), headers]).toEqual(["a", {}]);
  });

  test("may be empty where KUBECONFIG lists another", async () => {
    const [nothing, comment] = [await write("empty", ""), await write("comment", "# to be filled\n")];
    const whole = await write("whole", kubeconfigOf({ context: { namespace: "web" } }));
    expect((await connectBy(nothing, comment, whole)).namespace).toBe("web");
    const alone = connectBy(nothing, comment);
    await expect(alone).rejects.toThrow(/The kubeconfig ".*empty, .*comment" cannot be used: it is empty$/);
    await expect(connectBy(await write("text", "later"))).rejects.toThrow(/it is no kubeconfig$/);
  });

  test.each([
    ["that is none", "junk", "junk", /the client certificate or its key cannot be read: /],
    [
      "of another key",
      me.cert,
      other.key,
      /the client certificate and the client key do not belong together$/,
    ],
    ["without a key", me.cert, "", /there is a client certificate without its key$/],
  ])("with a client certificate %s is refused before anything is asked", async (_, cert, key, why) => {
    const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    const refused = credentialsOf(kubeconfigOf({ user }));
    await expect(refused).rejects.toMatchObject({ code: "DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID" });
    await expect(refused).rejects.toThrow(why);
  });

  test("asks as whom it says, with the groups and all else of theirs", async () => {
    const user = {
      token: "t",
      as: "jane",
      "as-uid": "1-2",
      "as-groups": ["developers", "admins"],
      "as-user-extra": { Scopes: ["view"], "acme.com/project (x)": ["a", "b"] },
    };
    const { headers } = await credentialsOf(kubeconfigOf({ user }));
    expect(headers).toEqual({
      authorization: "Bearer t",
      "impersonate-user": "jane",
      "impersonate-uid": ["1-2"],
      "impersonate-group": ["developers", "admins"],
      "impersonate-extra-scopes": ["view"],
      "impersonate-extra-acme.com%2fproject%20%28x%29": ["a", "b"],
    });
    const ofNobody = credentialsOf(kubeconfigOf({ user: { token: "t", "as-groups": ["developers"] } }));
    await expect(ofNobody).rejects.toThrow(/"as" does not say of whom$/);
  });
});
