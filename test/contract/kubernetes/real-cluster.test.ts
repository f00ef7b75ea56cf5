import { kubernetesApi } from "@dext/providers";
import { providerContract } from "@dext/providers/testing";
import type { ProviderSubject, SubjectValues } from "@dext/providers/testing";
import { describe, expect, it } from "vitest";
import { realKubeconfig, realSubject } from "../../fixtures/kubernetes/api-subject.ts";

describe.skipIf(realKubeconfig === undefined)(
  `kubernetesApi in a real cluster${realKubeconfig === undefined ? " (skipped: DEXT_TEST_KUBECONFIG names none)" : ""}`,
  () => {
    const cases = (["configMap", "secret"] as const).flatMap((kind) =>
      providerContract((values) => subjectOf(kind, values)).map((each) => ({
        ...each,
        title: `${kind} ${each.name}`,
      })),
    );

    it.each(cases)("$title", async (contractCase) => {
      await expect(contractCase.run()).resolves.toBeUndefined();
    });
  },
);

/** A source in a namespace of its own. */
async function subjectOf(kind: "configMap" | "secret", values: SubjectValues): Promise<ProviderSubject> {
  const subject = await realSubject();
  const { core, namespace } = subject;
  const name = "shop";
  const remove = async (): Promise<void> => {
    if (kind === "configMap") await core.deleteNamespacedConfigMap({ name, namespace });
    else await core.deleteNamespacedSecret({ name, namespace });
  };
  const create = async (data: Record<string, string>): Promise<void> => {
    const metadata = { name };
    if (kind === "configMap") await core.createNamespacedConfigMap({ namespace, body: { metadata, data } });
    else await core.createNamespacedSecret({ namespace, body: { metadata, stringData: data } });
  };
  const replace = async (data: Record<string, string>): Promise<void> => {
    const metadata = { name };
    if (kind === "configMap")
      await core.replaceNamespacedConfigMap({ name, namespace, body: { metadata, data } });
    else await core.replaceNamespacedSecret({ name, namespace, body: { metadata, stringData: data } });
  };
  await create({ ...values });
  return {
    layer: kubernetesApi({ [kind]: name, namespace, kubeconfig: realKubeconfig ?? "" }),
    secret: kind === "secret",
    change: (next) => replace({ ...next }).catch(() => create({ ...next })),
    damage: () => replace({ "app.yaml": "a: [" }),
    remove,
    close: () => subject.close(),
  };
}
