import { expect, it } from "vitest";
import { takeFollowUps } from "../../../../cli/src/new/follow-ups.ts";

it("what is not done after a commit is left to a person, with the place where there is one", async () => {
  const left = await takeFollowUps(
    [
      { kind: "install", directory: "." },
      { kind: "install", directory: "services/api", packageManager: "pnpm" },
      { kind: "git-init", directory: "." },
      { kind: "format", paths: ["a.ts", "b.ts"] },
      { kind: "note", text: "something to know" },
      { kind: "next-step", text: "dext run" },
    ],
    { target: "/no/such/folder", install: false, git: false },
  );
  expect(left).toEqual(["npm install", "pnpm install in services/api", "format a.ts, b.ts", "dext run"]);
});
