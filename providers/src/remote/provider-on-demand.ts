import type { ConfigProvider } from "../definition/provider.ts";

/** A provider whose code is imported when it is first loaded: a service that never does has none of it. */
export function providerOnDemand(
  make: () => Promise<ConfigProvider>,
): Required<Omit<ConfigProvider, "missing">> {
  let made: Promise<ConfigProvider> | undefined;
  const provider = (): Promise<ConfigProvider> => (made ??= make());
  return {
    load: async (context) => (await provider()).load(context),
    watch: async (context) => (await (await provider()).watch?.(context)) ?? { close: () => undefined },
    close: async () => (await made)?.close?.(),
  };
}
