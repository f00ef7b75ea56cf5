import { isDextError } from "@dext/core";
import { connectEngine } from "./container-engine.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { connectFailures, permissionHint } from "./engine-connection.ts";
import { enginePlaces } from "./engine-places.ts";
import { containerError } from "./error-codes.ts";

/** A place at which an engine was looked for in vain. */
export interface EngineAttempt {
  /** The socket, or what names it, such as `DOCKER_HOST=tcp://…`. */
  readonly where: string;
  /** `there is no such socket`. */
  readonly because: string;
  /** What to do about it, as a clause, when somebody has chosen this place. */
  readonly remedy?: string;
}

/** What a search for an engine found. */
export interface EngineSearch {
  /** The first that answers; absent when none does. */
  readonly engine?: ContainerEngine;
  /** How it was found: `DOCKER_HOST`, `the Docker context "colima"`, `its usual place`. */
  readonly by?: string;
  /** Where it was looked for before. */
  readonly attempts: readonly EngineAttempt[];
}

/** What {@link findEngine} takes. */
export interface FindEngineOptions {
  /**
   * Where `DOCKER_HOST`, `CONTAINER_HOST`, `DOCKER_CONTEXT`, `DOCKER_CONFIG`, `XDG_RUNTIME_DIR` and `HOME` are read from;
   * this process's own when absent.
   */
  environment?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  /** Milliseconds that one socket may take to answer; 5 s when absent. */
  timeout?: number;
}

/**
 * Looks for a container engine: where `DOCKER_HOST`, Podman's `CONTAINER_HOST` or a Docker context says and nowhere else
 * when there is one, else where Docker and then Podman have their sockets.
 */
export async function findEngine(options: FindEngineOptions = {}): Promise<EngineSearch> {
  const { environment = process.env, signal, timeout } = options;
  const attempts: EngineAttempt[] = [];
  for (const { where, by, socketPath, because = "it names no socket", remedy } of await enginePlaces(
    environment,
  )) {
    const advice = remedy === undefined ? {} : { remedy };
    if (socketPath === undefined) {
      attempts.push({ where, because, ...advice });
      continue;
    }
    try {
      const engine = await connectEngine({
        socketPath,
        ...(signal === undefined ? {} : { signal }),
        ...(timeout === undefined ? {} : { timeout }),
      });
      return { engine, by, attempts };
    } catch (error) {
      signal?.throwIfAborted();
      attempts.push({ where, because: reasonOf(error), ...advice });
    }
  }
  return { attempts };
}

/** A search that found nothing is good for so long, in milliseconds: every resource asks. */
const missedFor = 2000;

let lastSearch: { found: Promise<EngineSearch>; missedAt?: number } | undefined;

/** The engine of this machine, looked for once; again, after a while, when there was none. */
export async function engineOfMachine({ signal }: { signal?: AbortSignal } = {}): Promise<EngineSearch> {
  signal?.throwIfAborted();
  const { missedAt } = lastSearch ?? {};
  if (missedAt !== undefined && performance.now() - missedAt > missedFor) lastSearch = undefined;
  if (lastSearch === undefined) {
    const search: { found: Promise<EngineSearch>; missedAt?: number } = { found: findEngine() };
    lastSearch = search;
    void search.found.then(({ engine }) => {
      if (engine === undefined) search.missedAt = performance.now();
    });
  }
  return lastSearch.found;
}

/** Why there is no engine and what to do about it, as clauses without a full stop. */
export function engineMissing(attempts: readonly EngineAttempt[]): { because: string; remedy: string } {
  // Sockets that are simply not there are many and say nothing.
  const telling = attempts.filter(({ because }) => because !== connectFailures["ENOENT"]);
  const chosen = attempts.find(({ remedy }) => remedy !== undefined);
  const reasons = (chosen === undefined ? telling : [chosen]).map(
    ({ where, because }) => `${where}: ${because}`,
  );
  return {
    because:
      reasons.length === 0
        ? "neither Docker nor Podman answers on this machine"
        : `no container engine answers (${reasons.join("; ")})`,
    remedy: remedyFor(telling, chosen),
  };
}

/** The error for something that needs an engine where none answers. */
export function noEngine(attempts: readonly EngineAttempt[]): Error {
  const { because, remedy } = engineMissing(attempts);
  return containerError("DEXT_CONTAINER_ENGINE_MISSING", `There is no container engine: ${because}`, {
    hint: `${remedy}.`,
    details: { attempts },
  });
}

function reasonOf(error: unknown): string {
  const reason = isDextError(error) ? error.details["reason"] : undefined;
  if (typeof reason === "string" && connectFailures[reason] !== undefined) return connectFailures[reason];
  return error instanceof Error ? error.message : String(error);
}

function remedyFor(telling: readonly EngineAttempt[], chosen: EngineAttempt | undefined): string {
  if (telling.some(({ because }) => because === connectFailures["EACCES"]))
    return permissionHint.slice(0, -1);
  if (chosen?.remedy !== undefined) return chosen.remedy;
  if (telling.length > 0) return "Start the container engine";
  return "Install Docker or Podman and start it";
}
