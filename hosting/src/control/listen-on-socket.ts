import { unlink } from "node:fs/promises";
import type { Server } from "node:http";
import { answersOn } from "./answers-on.ts";
import { controlError } from "./error-codes.ts";

/**
 * Listens on a socket file, and takes over one that a dead process has left.
 *
 * @throws DextError `DEXT_CONTROL_SOCKET_TAKEN`
 */
export async function listenOn(server: Server, socketPath: string): Promise<void> {
  try {
    await listen(server, socketPath);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    if (await answersOn(socketPath)) {
      throw controlError(
        "DEXT_CONTROL_SOCKET_TAKEN",
        `Another process answers on the control socket "${socketPath}"`,
        { hint: "Stop that run, or start this one under another id.", cause, details: { socketPath } },
      );
    }
    await unlink(socketPath);
    await listen(server, socketPath);
  }
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
