import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { Docker } from "./docker-command.ts";

const run = promisify(execFile);
const npmFolder = "/usr/lib/node_modules/npm";
const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** The name by which generated Dockerfiles ask for it. */
export const slimImage: string = `node:${process.versions.node}-slim`;

/** Debian with this machine's Node and npm, put together as the official slim image is. One that is there is kept. */
export async function makeSlimImage(docker: Docker): Promise<void> {
  if ((await docker("images", "--quiet", slimImage)) !== "") return;
  const work = await mkdtemp(join(tmpdir(), "dext-slim-"));
  const system = join(work, "system");
  try {
    await installDebian(system);
    await cp(process.execPath, join(system, "usr/local/bin/node"), { dereference: true });
    await cp(npmFolder, join(system, npmFolder), { recursive: true });
    for (const name of ["npm", "npx"]) {
      const script = `#!/bin/sh\nexec node ${npmFolder}/bin/${name}-cli.js "$@"\n`;
      await writeFile(join(system, "usr/local/bin", name), script, { mode: 0o755 });
    }
    await cp(certificates, join(system, certificates), { recursive: true });
    const archive = join(work, "system.tar");
    await run("tar", ["-C", system, "-cf", archive, "."]);
    await docker("import", "--change", `ENV NODE_EXTRA_CA_CERTS=${certificates}`, archive, slimImage);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** From the mirror that this machine uses. */
async function installDebian(system: string): Promise<void> {
  const { stdout } = await run("apt-get", [
    "indextargets",
    "--format",
    "$(SITE)",
    "Created-By: Packages",
    "Codename: bookworm",
  ]);
  const mirror = stdout.split("\n")[0] ?? "";
  await run("debootstrap", ["--variant=minbase", "--include=libatomic1", "bookworm", system, mirror], {
    maxBuffer: 64 * 1024 * 1024,
  });
}
