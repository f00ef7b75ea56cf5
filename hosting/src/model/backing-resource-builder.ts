import { hostingError } from "../hosting-error.ts";
import { Expression } from "./expression.ts";
import type { Value } from "./expression.ts";
import { ResourceBuilder } from "./resource-builder.ts";
import type { SeedContext } from "./resource-model.ts";
import { currentPlace, placeText } from "./source-place.ts";

/** A resource that others connect to, with a connection string and properties. */
export class BackingResourceBuilder extends ResourceBuilder {
  /** Its connection string, in the format that .NET Aspire uses for this kind. */
  get connectionString(): Expression {
    return new Expression({ type: "connectionString", resource: this.name }, this.host);
  }

  /**
   * One property of the connection: `host`, `port`, `password`, `uri` …
   *
   * @throws DextError `DEXT_MODEL_PROPERTY_UNKNOWN`
   */
  property(name: string): Expression {
    const known = Object.keys(this.draft.connection?.properties ?? {});
    if (!known.includes(name)) {
      throw hostingError(
        "DEXT_MODEL_PROPERTY_UNKNOWN",
        `"${this.name}" has no property "${name}"${placeText(currentPlace())}`,
        {
          hint: `It has ${known.map((property) => JSON.stringify(property)).join(", ")}.`,
          details: { resource: this.name, property: name },
        },
      );
    }
    return new Expression({ type: "property", resource: this.name, property: name }, this.host);
  }

  /** Its data survives the run, in `.dext/data/<name>` or in a container volume of that name. */
  withDataVolume(name: string = this.name): this {
    this.draft.dataVolume = { name };
    return this;
  }

  /**
   * Fills it once it is healthy and before anybody is told so, in the AppHost. It runs at every start, also with a server
   * that was there before, and has to leave alone what is not its own; what it throws makes the resource fail.
   *
   * @param name what it is filled with, for the log.
   * @param options.values the values that it resolves: resources that they refer to run when this one does.
   */
  withSeed(
    name: string,
    run: (context: SeedContext) => Promise<void>,
    options: { values?: readonly Value[] } = {},
  ): this {
    const values = (options.values ?? []).map((value) => this.own(value));
    this.draft.seeds.push({ name, run, values });
    return this;
  }

  /** Fills a fresh data folder from this file or folder, relative to the AppHost's folder. */
  withInitFiles(path: string): this {
    this.draft.initFiles = path;
    return this;
  }
}
