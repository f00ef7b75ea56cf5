import { Expression } from "./expression.ts";
import type { HasExpression } from "./expression.ts";
import type { ModelBuilder } from "./model-builder.ts";

/** A parameter of the system; usable wherever a value is. */
export class ParameterBuilder implements HasExpression {
  readonly name: string;
  readonly host: ModelBuilder;

  constructor(host: ModelBuilder, name: string) {
    this.host = host;
    this.name = name;
  }

  get expression(): Expression {
    return new Expression({ type: "parameter", parameter: this.name }, this.host);
  }
}
