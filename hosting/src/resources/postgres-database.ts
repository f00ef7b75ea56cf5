import { hostingError } from "../hosting-error.ts";
import { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import type { ResourceModel } from "../model/resource-model.ts";

/** A database of a Postgres while the AppHost describes it. */
export class PostgresDatabaseBuilder extends BackingResourceBuilder {
  /** Refused: the data of a database is that of its server. */
  override withDataVolume(): never {
    throw hostingError(
      "DEXT_MODEL_OPTION_INVALID",
      `"${this.name}" is a database and has no data folder of its own`,
      {
        hint: `Call withDataVolume on its server: addPostgres(…).withDataVolume().`,
        details: { resource: this.name },
      },
    );
  }
}

/** The name that a database has on its server. */
export function databaseNameOf(database: ResourceModel): string {
  const node = database.connection?.properties["databaseName"]?.node;
  const part = node?.type === "join" ? node.parts[0] : node;
  return part?.type === "literal" ? part.text : database.name;
}
