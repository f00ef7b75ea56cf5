import { flagValue } from "../document/instruction.ts";
import { findStage, referredStage } from "../document/stages.ts";
import type { LintRule } from "../rule.ts";
import { instructionsOf, shippedInstructions } from "../rule-context.ts";

/** Names of stages, and what is copied between stages. */
export const stageRules: readonly LintRule[] = [
  {
    id: "DuplicateStageName",
    source: "buildkit",
    aliases: ["DL3024", "DS-0012"],
    severity: "error",
    title: "Two stages have one name",
    why: "Only one of them can be meant by --target and COPY --from; which one is easily mistaken.",
    fix: "Give every stage a name of its own.",
    *check({ document }) {
      for (const { name, nameWord, index } of document.stages) {
        if (name === undefined || nameWord === undefined) continue;
        if (findStage(document.stages.slice(0, index), name) === undefined) continue;
        yield { at: nameWord, message: `An earlier stage is named "${name}" too` };
      }
    },
  },
  {
    id: "ReservedStageName",
    source: "buildkit",
    aliases: ["DL3063"],
    severity: "error",
    title: "A stage is named scratch or context",
    why: "Both words mean something else to the builder: the empty image and the build context.",
    fix: "Choose another name.",
    *check({ document }) {
      for (const { name, nameWord } of document.stages) {
        if (nameWord === undefined || !["scratch", "context"].includes(name?.toLowerCase() ?? "")) continue;
        yield { at: nameWord, message: `"${name}" is reserved and cannot name a stage` };
      }
    },
  },
  {
    id: "DL3022",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "COPY --from names neither an earlier stage nor an image with a tag",
    why: "It is a slip in a stage's name, a stage that comes too late, or an image that may be another one tomorrow.",
    fix: "Name a stage that stands above, or give the image a tag or a digest. One that the build is given by --build-context is no mistake: let it be by a comment.",
    *check(context) {
      for (const one of instructionsOf(context, "COPY")) {
        const from = flagValue(one, "from");
        // What an ONBUILD names is a stage of the file that builds on this image.
        if (one.onbuild || from === undefined || from === "" || /[:@$]/.test(from)) continue;
        const earlier = context.document.stages.slice(0, one.stage?.index ?? 0);
        // A stage that copies from itself is DL3023's to tell.
        if (referredStage(earlier, from) !== undefined || isOwn(one.stage?.name, from)) continue;
        const later = findStage(context.document.stages, from);
        yield {
          at: one,
          message:
            later === undefined
              ? `"${from}" is no stage above; as an image it has no tag`
              : `The stage "${from}" is defined below`,
        };
      }
    },
  },
  {
    id: "DL3023",
    source: "hadolint",
    aliases: ["DS-0006"],
    severity: "error",
    title: "COPY --from names the stage that it stands in",
    why: "A stage cannot copy from itself before it is built.",
    fix: "Name another stage; within a stage, use RUN cp.",
    *check(context) {
      for (const one of instructionsOf(context, "COPY")) {
        const from = flagValue(one, "from");
        if (one.onbuild || from === undefined || !isOwn(one.stage?.name, from)) continue;
        if (findStage(context.document.stages.slice(0, one.stage?.index), from) !== undefined) continue;
        yield { at: one, message: `The stage "${from}" copies from itself` };
      }
    },
  },
  {
    id: "DL3067",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "COPY --from takes a whole file system",
    why: "Everything of the other stage comes along, build tools and secrets included, and nothing is gained by stages.",
    fix: "Copy the files that are needed.",
    *check(context) {
      for (const one of shippedInstructions(context)) {
        const paths = (one.json ?? one.words).map(({ value }) => value);
        const target = paths.pop();
        if (
          one.keyword !== "COPY" ||
          flagValue(one, "from") === undefined ||
          target !== "/" ||
          !paths.includes("/")
        )
          continue;
        // FROM scratch with one COPY is how an image is flattened, which is meant.
        if (one.stage?.base?.text === "scratch") continue;
        yield { at: one, message: `The whole file system of "${flagValue(one, "from")}" is copied` };
      }
    },
  },
];

function isOwn(name: string | undefined, from: string): boolean {
  return name !== undefined && name.toLowerCase() === from.toLowerCase();
}
