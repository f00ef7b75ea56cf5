import { isRefusal } from "./error-codes.ts";
import type { ContainerEngine } from "./container-engine.ts";

/** What an engine says of a container, as far as it is of use here. */
export interface ContainerDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string } | undefined>> | null;
  };
  readonly State: {
    /** `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`; Podman also `stopped`. */
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled?: boolean;
    readonly Error?: string;
    readonly Health?: {
      /** `starting`, `healthy`, `unhealthy`; `none` or empty without a check. */
      readonly Status?: string;
      readonly Log?: readonly { readonly ExitCode: number; readonly Output: string }[] | null;
    } | null;
  };
}

/** The container of that id or name; `undefined` when there is none. */
export async function inspectContainer(
  engine: ContainerEngine,
  idOrName: string,
  { timeout }: { timeout?: number } = {},
): Promise<ContainerDetails | undefined> {
  try {
    return await engine.json<ContainerDetails>({
      path: `/containers/${idOrName}/json`,
      ...(timeout === undefined ? {} : { timeout }),
    });
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** Removes a container with its anonymous volumes, running or not, and resolves when it is gone. */
export async function removeContainer(
  engine: ContainerEngine,
  id: string,
  { timeout }: { timeout?: number } = {},
): Promise<void> {
  try {
    await engine.json({
      method: "DELETE",
      path: `/containers/${id}`,
      query: { force: true, v: true },
      ...(timeout === undefined ? {} : { timeout }),
    });
  } catch (error) {
    // 409: somebody else, such as the guardian, is removing it already.
    if (isRefusal(error, 409)) await untilGone(engine, id);
    else if (!isRefusal(error, 404)) throw error;
  }
}

async function untilGone(engine: ContainerEngine, id: string): Promise<void> {
  await engine
    .json({
      method: "POST",
      path: `/containers/${id}/wait`,
      query: { condition: "removed" },
      timeout: 10_000,
    })
    .catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
}
