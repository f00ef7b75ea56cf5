import type { Frame, OwnProblem, Strategy, StrategyEnvironment } from "../pipeline/layer.ts";
import type { Outcome } from "../pipeline/operation.ts";
import type { Scope } from "../pipeline/scope.ts";
import { wanted } from "../pipeline/validate.ts";
import type { FallbackOptions } from "./fallback-options.ts";

/** The fallback as part of a pipeline. */
export function fallbackStrategy<Result, Substitute>(options: FallbackOptions<Result, Substitute>): Strategy {
  const { name = "fallback", fallback } = options;
  const problems: OwnProblem[] = [];
  if (typeof fallback !== "function") problems.push(wanted("fallback", fallback, "a function"));
  return {
    kind: "fallback",
    name,
    problems,
    facts: { continues: true },
    create: (next, environment) => ({
      run(scope, frame) {
        next.run(scope, new FallbackFrame(options as FallbackOptions, environment, { scope, parent: frame }));
      },
    }),
  };
}

/** One execution with a fallback. */
class FallbackFrame implements Frame {
  private readonly options: FallbackOptions;
  private readonly environment: StrategyEnvironment;
  private readonly scope: Scope;
  private readonly parent: Frame;

  constructor(
    options: FallbackOptions,
    environment: StrategyEnvironment,
    { scope, parent }: { scope: Scope; parent: Frame },
  ) {
    this.options = options;
    this.environment = environment;
    this.scope = scope;
    this.parent = parent;
  }

  succeed(value: unknown): void {
    const { shouldHandle } = this.options;
    if (shouldHandle === undefined || this.scope.cancelled) return this.parent.succeed(value);
    this.consider({ result: value }, shouldHandle);
  }

  fail(error: unknown): void {
    if (this.scope.cancelled) return this.parent.fail(error);
    this.consider({ error }, this.options.shouldHandle ?? (() => true));
  }

  private consider(outcome: Outcome<unknown>, shouldHandle: (outcome: Outcome<unknown>) => boolean): void {
    const { parent } = this;
    let substitute: unknown;
    try {
      if (!shouldHandle(outcome)) {
        return "error" in outcome ? parent.fail(outcome.error) : parent.succeed(outcome.result);
      }
      const { execution } = this.scope;
      const event = { outcome, key: execution.key };
      this.environment.report(execution, "fallback");
      this.environment.notify(this.options.onFallback, event);
      substitute = this.options.fallback(event);
    } catch (error) {
      return parent.fail(error);
    }
    // Also what is no promise goes this way: a fallback is rare, and a thenable may be of any make.
    void Promise.resolve(substitute).then(
      (value) => parent.succeed(value),
      (error: unknown) => parent.fail(error),
    );
  }
}
