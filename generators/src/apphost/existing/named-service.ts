import type { TargetTree } from "../../plan/target-tree.ts";
import type { ComposeProject, ComposeService } from "./compose-file.ts";
import type { ComposeForm } from "./compose-form.ts";
import type { ComposePort, FillIn } from "./compose-values.ts";
import type { Host, HostDirectory } from "./hosts.ts";
import type { FoundParameters } from "./parameters.ts";
import type { TranslationContext } from "./translate-values.ts";

/** A service of a Compose file that becomes a resource. */
export interface NamedService {
  readonly service: ComposeService;
  readonly form: Exclude<ComposeForm, { form: "none" }>;
  readonly host: Host;
  readonly ports: readonly ComposePort[];
  readonly fill: FillIn;
}

/** What a service is translated with. */
export interface ServiceContext {
  readonly compose: ComposeProject;
  readonly directory: HostDirectory;
  readonly parameters: FoundParameters;
  readonly tree: TargetTree;
}

/** What every part of a service is translated with. */
export interface TranslationTools extends ServiceContext {
  /** Tells a person something about a field of the service. */
  readonly note: (text: string, ...path: readonly (string | number)[]) => void;
  readonly translation: TranslationContext;
}
