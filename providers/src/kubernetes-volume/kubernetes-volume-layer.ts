import type { ConfigLayer, LayerOptions } from "../definition/provider.ts";
import { providerOnDemand } from "../remote/provider-on-demand.ts";

/** What {@link kubernetesVolume} takes. */
export interface KubernetesVolumeOptions extends LayerOptions {
  /** Its values are secrets: say so for the volume of a Secret, which looks like that of a ConfigMap. */
  secret?: boolean;
}

/**
 * A ConfigMap or Secret that is mounted as a folder: the name of each file is a key (`.` and `__` nest), its content the
 * value, less one newline at its end. A file that is named `*.yaml`, `*.json` or `*.toml` is read as such, and its keys
 * count as if they stood at the root.
 *
 * All files are read from one state of the volume: Kubernetes replaces them together by changing one link.
 *
 * @throws at load DextError `DEXT_CONFIG_VOLUME_UNREADABLE`, `DEXT_CONFIG_VOLUME_BINARY`, and what files throw
 */
export function kubernetesVolume(
  path: string,
  { secret = false, ...options }: KubernetesVolumeOptions = {},
): ConfigLayer {
  return {
    ...options,
    provider: "kubernetes-volume",
    label: path,
    create: () =>
      providerOnDemand(async () => {
        const { KubernetesVolumeProvider } = await import("./kubernetes-volume-provider.ts");
        return new KubernetesVolumeProvider({ path, secret });
      }),
  };
}
