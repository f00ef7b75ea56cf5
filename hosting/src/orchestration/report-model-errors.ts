import { realpathSync } from "node:fs";
import process from "node:process";
import { isDextError } from "@dext/core";
import { currentPlace } from "../model/source-place.ts";
import { tellFailure } from "./tell-failure.ts";

let isInstalled = false;

/**
 * Has a mistake in an AppHost file told as one message, though it is thrown by `addX` long before `host.run()`. Does
 * nothing unless the caller is the program's main file: a test that builds a model sees the error itself.
 */
export function reportModelErrors(): void {
  if (isInstalled || !isMainFile(currentPlace())) return;
  isInstalled = true;
  process.on("uncaughtException", end);
  // Deno tells a failure of the main module as a rejection.
  if ("Deno" in globalThis) process.on("unhandledRejection", end);
}

/** Whatever is not ours is shown as the runtime would have: it is the AppHost's own exception. */
function end(error: unknown): void {
  if (isDextError(error)) process.exit(tellFailure(error));
  process.stderr.write(
    `Uncaught ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}

/** A place is `/shop/apphost.ts:3:14`. */
function isMainFile(place: string | undefined): boolean {
  const main = process.argv[1];
  if (place === undefined || main === undefined) return false;
  const file = place.replace(/:\d+:\d+$/, "");
  try {
    return realpathSync(main) === realpathSync(file);
  } catch {
    return false;
  }
}
