import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, plan, undo } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { fill, snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const templates = { userFolder: "/no/such/folder" };

async function appFolder(): Promise<string> {
  const target = await targetFolder();
  await commit(await plan("app", { name: "shop" }, { target, templates }));
  return target;
}

async function read(target: string, path: string): Promise<string> {
  return readFile(join(target, path), "utf8");
}

describe("the service generator", () => {
  it("makes a service and wires it into the AppHost, leaving everything else byte by byte", async () => {
    const target = await appFolder();
    const appHost = await read(target, "apphost.ts");
    await writeFile(join(target, "apphost.ts"), appHost.replace("\nconst host", "\n// ours\nconst host"));
    await commit(await plan("service", { name: "mail-sender", kind: "worker" }, { target, templates }));
    expect(await read(target, "apphost.ts")).toBe(`import { createBuilder } from "@dext/hosting";

// ours
const host = createBuilder();

const api = host
  .addProject("api", "./services/api", { entryPoint: "src/main.ts" })
  .withHttpHealthCheck("/health");

const mailSender = host
  .addProject("mail-sender", "./services/mail-sender", { entryPoint: "src/main.ts" })
  .withHttpHealthCheck("/health");

await host.run();
`);
    const manifest = JSON.parse(await read(target, "services/mail-sender/package.json")) as object;
    expect(manifest).toMatchObject({ name: "@shop/mail-sender", dependencies: { "@dext/service": "0.1.0" } });
  });

  it("changes nothing when it runs again, whoever has moved the AppHost's lines", async () => {
    const target = await appFolder();
    await commit(await plan("service", { name: "mail" }, { target, templates }));
    const text = await read(target, "apphost.ts");
    await writeFile(
      join(target, "apphost.ts"),
      text.replace(/const mail = host\s+/, "export const post = host"),
    );
    const again = await plan("service", { name: "mail" }, { target, templates });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
  });

  it("is taken back bit by bit", async () => {
    const target = await appFolder();
    const before = snapshot(target);
    await commit(await plan("service", { name: "mail", runtime: "deno" }, { target, templates }));
    await undo(target);
    // The record of the undone commit is gone, that of the one before too.
    expect({ ...snapshot(target), ".dext/undo.json": "" }).toEqual({ ...before, ".dext/undo.json": "" });
  });

  it("takes the package manager, the scope and the pins of a repository that Dext has not made", async () => {
    const target = await targetFolder({
      "apphost.ts":
        "import { createBuilder } from '@dext/hosting'\n\nconst app = createBuilder()\nawait app.run()\n",
      "package.json":
        '{\n  "name": "@acme/root",\n  "type": "module",\n  "workspaces": ["packages/*"],\n  "packageManager": "yarn@4.9.1"\n}\n',
      "vendor/dext/": "",
    });
    const change = await plan("service", { name: "mail" }, { target, templates });
    expect(change.records[0]?.answers).toMatchObject({ packageManager: "yarn", vendored: true });
    await commit(change);
    const root = JSON.parse(await read(target, "package.json")) as Record<string, unknown>;
    expect(root["workspaces"]).toEqual(["packages/*", "services/*"]);
    expect(root["resolutions"]).toMatchObject({ "@dext/core": "file:./vendor/dext/dext-core-0.1.0.tgz" });
    expect(await read(target, "services/mail/package.json")).toContain('"@acme/mail"');
    expect(await read(target, "apphost.ts")).toContain("const mail = app");
  });

  it("understands a manifest with a byte-order mark, and keeps that", async () => {
    const target = await targetFolder({
      "apphost.ts":
        'import { createBuilder } from "@dext/hosting";\nconst app = createBuilder();\nawait app.run();\n',
      "package.json":
        '\uFEFF{ "name": "@acme/root", "packageManager": "bun@1.4.0", "workspaces": { "packages": [] } }\n',
    });
    const change = await plan("service", { name: "mail" }, { target, templates });
    expect(change.records[0]?.answers).toMatchObject({ packageManager: "bun" });
    await commit(change);
    expect(await read(target, "package.json")).toMatch(/^\uFEFF.*"services\/\*"/s);
    expect(await read(target, "services/mail/package.json")).toContain('"@acme/mail"');
  });

  it("says what to paste where the AppHost is too unusual, and leaves it alone", async () => {
    const target = await targetFolder({ "apphost.ts": "export default make();\n", "package.json": "{}\n" });
    const change = await plan("service", { name: "mail" }, { target, templates });
    expect(change.operations.map(({ path }) => path)).not.toContain("apphost.ts");
    const steps = change.followUps.flatMap((step) => (step.kind === "next-step" ? [step.text] : []));
    expect(steps.join("\n")).toContain('host\n  .addProject("mail", "./services/mail"');
  });

  it("needs an AppHost", async () => {
    const target = await targetFolder({ "package.json": "{}\n" });
    await expect(plan("service", { name: "mail" }, { target, templates })).rejects.toMatchObject({
      code: "DEXT_GENERATE_FILE_MISSING",
    });
  });

  it("renders a template of the project's own instead of Dext's", async () => {
    const target = await appFolder();
    await fill(target, { "templates/service/api/src/main.ts.ejs": "// <%= comment(name) %>, ours\n" });
    await commit(await plan("service", { name: "mail" }, { target, templates }));
    expect(await read(target, "services/mail/src/main.ts")).toBe("// mail, ours\n");
  });
});
