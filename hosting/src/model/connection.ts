import type { Expression } from "./expression.ts";

/** How consumers reach a backing resource. */
export interface ConnectionModel {
  /** In the format that .NET Aspire uses for this kind, given as `ConnectionStrings__<name>`. */
  readonly connectionString: Expression;
  /** `host`, `port`, `uri`, `password` …, given as `<NAME>_HOST` and so on. Names are lower camel case. */
  readonly properties: Readonly<Record<string, Expression>>;
}
