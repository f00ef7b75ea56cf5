import { Buffer } from "node:buffer";
import type { ContainerEngine } from "./container-engine.ts";
import { FrameReader } from "./engine-stream.ts";

/** What a command in a container did. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a running container and waits for its end. */
export async function execInContainer(
  engine: ContainerEngine,
  { id, command, signal }: { id: string; command: readonly string[]; signal?: AbortSignal },
): Promise<ExecResult> {
  const { Id } = await engine.json<{ Id: string }>({
    method: "POST",
    path: `/containers/${id}/exec`,
    json: { AttachStdout: true, AttachStderr: true, Cmd: command },
  });
  const response = await engine.open({
    method: "POST",
    path: `/exec/${Id}/start`,
    json: { Detach: false, Tty: false },
    timeout: Infinity,
    ...(signal === undefined ? {} : { signal }),
  });
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const frames = new FrameReader();
  for await (const bytes of response) {
    for (const { stream, chunk } of frames.push(bytes as Buffer)) output[stream].push(chunk);
  }
  const { ExitCode } = await engine.json<{ ExitCode: number | null }>({ path: `/exec/${Id}/json` });
  return {
    exitCode: ExitCode ?? 0,
    stdout: Buffer.concat(output.stdout).toString(),
    stderr: Buffer.concat(output.stderr).toString(),
  };
}
