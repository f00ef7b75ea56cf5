import { systemClock } from "@dext/core";
import { loadConfig } from "@dext/providers";
import type { Config, ConfigEvent, SourceStatus } from "@dext/providers";
import type { ConfigurationProblem } from "@dext/protocol";
import type { ConfigurationUse } from "./group-uses.ts";

/** What a definition is loaded with. */
export interface LoadedDefinitionOptions {
  uses: readonly ConfigurationUse[];
  directory: string;
  /** The name of the environment, such as `development`. */
  environment: string;
  /** Asked for when it is loaded: the servers of the run are known then. */
  variables: () => Readonly<Record<string, string>>;
  /** Called after the values, or what is wrong with the sources, have changed. */
  onEvent: (event: ConfigEvent) => void;
}

/** A definition that is loaded once for all resources that use it, and followed until it is closed. */
export class LoadedDefinition {
  readonly uses: readonly ConfigurationUse[];
  readonly #options: LoadedDefinitionOptions;
  readonly #closing = new AbortController();
  /** Source → since when it is not well. */
  readonly #since = new Map<string, number>();
  #config: Config | undefined;
  #loading: Promise<Config> | undefined;
  #invalid: Error | undefined;

  constructor(options: LoadedDefinitionOptions) {
    this.uses = options.uses;
    this.#options = options;
  }

  /** The servers of the run that its values come from. */
  get from(): readonly string[] {
    return this.uses[0]?.model.from ?? [];
  }

  /** Those that use it, each once. */
  get resources(): readonly string[] {
    return [...new Set(this.uses.map(({ resource }) => resource))];
  }

  /** Its sources as they are defined; those that are made once others are loaded are not known before. */
  get sources(): readonly string[] {
    const layers = this.uses[0]?.model.definition.layers ?? [];
    return layers.flatMap((layer) =>
      typeof layer === "function" ? [] : [`${layer.provider} ${layer.label}`],
    );
  }

  /** What was loaded; absent before. */
  get config(): Config | undefined {
    return this.#config;
  }

  /** Loads it, or gives what was loaded; who asks while it is being loaded gets the same. After a failure it is tried again. */
  load({ startTimeout }: { startTimeout?: number } = {}): Promise<Config> {
    this.#loading ??= this.#load(startTimeout).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** What is wrong with it now. */
  problems(): readonly ConfigurationProblem[] {
    const wrong = (this.#config?.sources ?? []).flatMap((status) => problemOf(status) ?? []);
    const values =
      this.#invalid === undefined
        ? []
        : [{ source: "values", state: "INVALID" as const, message: this.#invalid.message }];
    const all = [...wrong, ...values];
    for (const source of this.#since.keys())
      if (!all.some((each) => each.source === source)) this.#since.delete(source);
    return all.map((problem) => {
      const since = this.#since.get(problem.source) ?? systemClock.now();
      this.#since.set(problem.source, since);
      return { ...problem, since };
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the run has ended"));
    await this.#loading?.catch(() => undefined);
    await this.#config?.close();
  }

  async #load(startTimeout: number | undefined): Promise<Config> {
    const { uses, directory, environment, variables } = this.#options;
    const definition = uses[0]?.model.definition;
    if (definition === undefined) throw new TypeError("a definition that nobody uses");
    const config = await loadConfig(
      { ...definition, watch: true, ...(startTimeout === undefined ? {} : { startTimeout }) },
      // Arguments of the AppHost are not for its resources.
      { directory, environment, variables: variables(), args: [], signal: this.#closing.signal },
    );
    config.onEvent((event) => this.#take(event));
    this.#config = config;
    return config;
  }

  #take(event: ConfigEvent): void {
    if (event.type === "failed" && event.source === undefined) this.#invalid = event.error;
    if (event.type === "changed" || (event.type === "recovered" && event.source === undefined))
      this.#invalid = undefined;
    this.#options.onEvent(event);
  }
}

function problemOf({
  provider,
  label,
  state,
  error,
}: SourceStatus): Omit<ConfigurationProblem, "since"> | undefined {
  if (state === "READY") return undefined;
  return { source: `${provider} ${label}`, state, message: error?.message ?? "it does not answer" };
}
