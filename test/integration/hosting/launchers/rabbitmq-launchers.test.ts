import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { findProgram } from "../../../../hosting/src/orchestration/find-program.ts";
import { addRabbitMQ } from "../../../../hosting/src/resources/add-rabbitmq.ts";
import { connectionOf, launch } from "../../../fixtures/launchers/run-launcher.ts";
import { requirement } from "../../../fixtures/requirement.ts";

const isInstalled = (await findProgram("rabbitmq-server")) !== undefined;
const rabbitmq = requirement("rabbitmq", () => isInstalled);
const hostilePassword = `a;b"c@d/e'f\\g h=i,j%k#l é`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-rabbitmq-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Logs in over AMQP 0-9-1 by PLAIN and gives `tune`, or what the broker says when it refuses. */
async function logIn({ port, username, password }: Record<string, string>): Promise<"tune" | "refused"> {
  const socket = connect({ host: "127.0.0.1", port: Number(port) });
  // RabbitMQ resets the connection of a client that it refuses.
  const isReset = new Promise<"refused">((resolve) => socket.once("error", () => resolve("refused")));
  return await Promise.race([isReset, exchangeMethods(socket, { username, password }).catch(() => isReset)]);
}

async function exchangeMethods(
  socket: Socket,
  { username, password }: { username: string | undefined; password: string | undefined },
): Promise<"tune" | "refused"> {
  socket.write(Buffer.from([...Buffer.from("AMQP"), 0, 0, 9, 1]));
  let seen = Buffer.alloc(0);
  let isAnswered = false;
  for await (const chunk of socket) {
    seen = Buffer.concat([seen, chunk as Buffer]);
    const size = seen.length < 7 ? Infinity : seen.readUInt32BE(3);
    if (seen.length < 8 + size) continue;
    // Class 10: method 10 is start, 30 tune, 50 close.
    const method = seen.readUInt16BE(9);
    if (isAnswered) return method === 30 ? "tune" : "refused";
    seen = seen.subarray(8 + size);
    isAnswered = true;
    socket.write(startOk(`\0${username}\0${password}`));
  }
  return "refused";
}

function startOk(response: string): Buffer {
  const bytes = Buffer.from(response);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  const payload = Buffer.concat([
    Buffer.from([0, 10, 0, 11, 0, 0, 0, 0, 5, ...Buffer.from("PLAIN")]),
    size,
    bytes,
    Buffer.from([5, ...Buffer.from("en_US")]),
  ]);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")),
  );
  return pids.filter((_, index) => environments[index]?.includes(text));
}

describe.skipIf(!rabbitmq.available)(
  `rabbitmq by the process launcher ${rabbitmq.reason}`,
  { timeout: 120_000 },
  () => {
    test("lets in who has the password, also when it was changed, and leaves nothing behind", async () => {
      const reporter = { name: "reporter", password: "from a file", tags: "" };
      const permission = { user: "reporter", vhost: "/", configure: "", write: "", read: ".*" };
      await writeFile(
        join(directory, "definitions.json"),
        JSON.stringify({ users: [reporter], permissions: [permission] }),
      );
      const host = new ModelBuilder({ directory });
      addRabbitMQ(host, "queue").withDataVolume().withInitFiles("definitions.json");
      const options = {
        resource: "queue",
        launcher: "process",
        dataDirectory: join(directory, "data"),
      } as const;
      const first = await launch(host, { ...options, parameters: { "queue-password": hostilePassword } });
      try {
        const connection = connectionOf(first, "queue");
        expect(await logIn(connection)).toBe("tune");
        expect(await logIn({ ...connection, password: "wrong" })).toBe("refused");
        expect(await logIn({ ...connection, username: "reporter", password: "from a file" })).toBe("tune");
      } finally {
        await first.stop();
      }
      expect(await processesWith(directory)).toEqual([]);
      const second = await launch(host, { ...options, parameters: { "queue-password": "changed" } });
      try {
        expect(await logIn(connectionOf(second, "queue"))).toBe("tune");
      } finally {
        await second.stop();
      }
    });
  },
);
