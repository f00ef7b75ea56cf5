import { bitmapCommands } from "./bitmaps.ts";
import { CommandTable } from "./command-table.ts";
import { connectionCommands } from "./connection.ts";
import { geoCommands } from "./geo.ts";
import { hashCommands } from "./hashes.ts";
import { hyperloglogCommands } from "./hyperloglog.ts";
import { keyCommands } from "./keys.ts";
import { listCommands } from "./lists.ts";
import { pubsubCommands } from "./pubsub.ts";
import { scriptCommands } from "./scripts.ts";
import { serverCommands } from "./server.ts";
import { setCommands } from "./sets.ts";
import { sortedSetCommands } from "./sorted-sets.ts";
import { streamCommands } from "./streams.ts";
import { stringCommands } from "./strings.ts";
import { transactionCommands } from "./transactions.ts";

/** Every command that the server knows. */
export const allCommands: CommandTable = new CommandTable([
  ...stringCommands,
  ...bitmapCommands,
  ...hyperloglogCommands,
  ...geoCommands,
  ...hashCommands,
  ...listCommands,
  ...setCommands,
  ...sortedSetCommands,
  ...streamCommands,
  ...keyCommands,
  ...pubsubCommands,
  ...transactionCommands,
  ...scriptCommands,
  ...connectionCommands,
  ...serverCommands,
]);
