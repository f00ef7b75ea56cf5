import type { Code, CodeCall } from "./code.ts";

/** Where something stands, relative to the repository's root. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
}

/** What a person has to know: something that could not be translated, or was left out. Never with a secret in it. */
export interface Note extends Place {
  readonly text: string;
  /** The resource that it is about. */
  readonly resource?: string;
}

/** How one resource is tied to another. */
export interface Link {
  readonly to: string;
  readonly how: "withReference" | "waitFor" | "waitForStart" | "waitForCompletion";
}

/** A resource that was found, as it is to stand in the AppHost. */
export interface FoundResource {
  /** Valid, and unlike all others. */
  readonly name: string;
  /** For a person who chooses: `Node project in apps/api`. */
  readonly label: string;
  readonly place: Place;
  /** The resource that it is added to; the builder when absent. */
  readonly parent?: string;
  /** Such as `addRedis`, and what stands behind the name. */
  readonly method: string;
  readonly args: readonly Code[];
  /** What concerns nobody else. */
  readonly chain: readonly CodeCall[];
  readonly environment: readonly (readonly [string, Code])[];
  readonly links: readonly Link[];
}

/** A value that is asked for or generated, instead of one that would stand in the code. */
export interface FoundParameter {
  readonly name: string;
  readonly secret: boolean;
  /** Nobody has to know it: what uses it is all in the AppHost. */
  readonly generate: boolean;
  readonly place: Place;
}

/** All that a repository tells about its system. */
export interface FoundSystem {
  readonly resources: readonly FoundResource[];
  readonly parameters: readonly FoundParameter[];
  readonly notes: readonly Note[];
  /** What was looked at, for a person: `package.json`, `docker-compose.yml`. */
  readonly sources: readonly string[];
}
