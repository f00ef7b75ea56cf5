import { nearestName } from "@dext/core";
import { expandWord } from "../document/expand.ts";
import { isValidReference, readImageReference } from "../document/image-reference.ts";
import type { InstructionFlag } from "../document/instruction.ts";
import { lookupIn, platformArguments, predefinedArguments } from "../document/scope.ts";
import { findStage, referredStage } from "../document/stages.ts";
import type { Stage } from "../document/stages.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { instructionsOf } from "../rule-context.ts";

/** What stages are built on. */
export const baseImageRules: readonly LintRule[] = [
  {
    id: "DL3006",
    source: "hadolint",
    aliases: ["DS-0001", "DKL-DI-0006"],
    severity: "warning",
    title: "The image of FROM has no tag",
    why: "What is built depends on what latest happens to be that day.",
    fix: "Add the tag of a version, or a digest.",
    *check(context) {
      for (const { image, at } of externalImages(context)) {
        if (image.tag !== undefined || image.digest !== undefined) continue;
        yield { at, message: `The image "${image.text}" has no tag` };
      }
    },
  },
  {
    id: "DL3007",
    source: "hadolint",
    aliases: ["DS-0001", "DKL-DI-0006"],
    severity: "warning",
    title: "The image of FROM has the tag latest",
    why: "What is built depends on what latest happens to be that day.",
    fix: "Use the tag of a version, or a digest.",
    *check(context) {
      for (const { image, at } of externalImages(context)) {
        if (image.tag !== "latest" || image.digest !== undefined) continue;
        yield { at, message: `The image "${image.text}" is whatever is the latest` };
      }
    },
  },
  {
    id: "DL3026",
    source: "hadolint",
    aliases: [],
    severity: "error",
    title: "An image comes from a registry that is not trusted",
    why: "Images may come from chosen registries only. Looked at when the option trustedRegistries is given.",
    fix: "Take the image from a registry on the list.",
    *check(context) {
      const trusted = context.settings.trustedRegistries ?? [];
      if (trusted.length === 0) return;
      for (const { image, at } of [...externalImages(context), ...copiedImages(context)]) {
        const registry = image.registry ?? "docker.io";
        if (trusted.some((pattern) => matchesRegistry(registry, pattern))) continue;
        yield {
          at,
          message: `The image "${image.text}" comes from "${registry}", trusted: ${trusted.join(", ")}`,
        };
      }
    },
  },
  {
    id: "UndefinedArgInFrom",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "FROM uses an argument that is not declared",
    why: "It stands for nothing, and --build-arg cannot set it. FROM sees only what ARG declares above the first FROM.",
    fix: "Declare it by ARG above the first FROM.",
    *check({ document }) {
      for (const { from, baseWord } of document.stages) {
        const texts = [baseWord?.raw, platformFlag(from.flags)?.value];
        for (const raw of texts) {
          const { uses } = expandWord(raw ?? "", lookupIn(document.globals), document);
          for (const { name, guarded } of uses) {
            if (guarded || document.globals.has(name) || predefinedArguments.includes(name)) continue;
            const near = nearestName(name, [...document.globals.keys(), ...platformArguments]);
            yield {
              at: from,
              message: `FROM uses "${name}", which no ARG above declares`,
              ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
            };
          }
        }
      }
    },
  },
  {
    id: "InvalidDefaultArgInFrom",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "The defaults of arguments make no valid image name",
    why: "The file cannot be built without --build-arg, also not by tools that know nothing of it.",
    fix: "Give the ARG a default, or write ${NAME:-default}.",
    *check({ document }) {
      for (const { baseWord } of document.stages) {
        if (baseWord === undefined || !baseWord.raw.includes("$")) continue;
        const { value, uses } = expandWord(baseWord.raw, lookupIn(document.globals), document);
        const declared = uses.every(
          ({ name, guarded }) => guarded || (document.globals.has(name) && !platformArguments.includes(name)),
        );
        if (!declared || value === undefined || isValidReference(value)) continue;
        if (findStage(document.stages, value) !== undefined) continue;
        yield {
          at: baseWord,
          message: `With the defaults, "${baseWord.raw}" is "${value}", which is no image`,
        };
      }
    },
  },
  {
    id: "RedundantTargetPlatform",
    source: "buildkit",
    aliases: ["DL3065"],
    severity: "warning",
    title: "FROM sets the platform that is the default",
    why: "A stage is built for $TARGETPLATFORM anyway.",
    fix: "Remove the flag.",
    *check({ document }) {
      for (const { from } of document.stages) {
        const flag = platformFlag(from.flags);
        if (flag === undefined || !/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(flag.value)) continue;
        yield { at: flag, message: `--platform=${flag.value} is the default` };
      }
    },
  },
  {
    id: "FromPlatformFlagConstDisallowed",
    source: "buildkit",
    aliases: ["DL3029"],
    severity: "warning",
    title: "FROM sets a fixed platform",
    why: "The image cannot be built for any other processor, and on another one it is emulated.",
    fix: "Remove the flag and build with --platform, or use $BUILDPLATFORM for a stage that only compiles.",
    *check({ document }) {
      for (const { from, name = "" } of document.stages) {
        const flag = platformFlag(from.flags);
        if (flag === undefined || flag.value === "" || flag.value.includes("$")) continue;
        // A stage that is there for one platform says so in its name.
        const [os = "", architecture = os] = flag.value.split("/");
        const lowerName = name.toLowerCase();
        if (lowerName.includes(os) || lowerName.includes(architecture)) continue;
        yield { at: flag, message: `The platform is always "${flag.value}"` };
      }
    },
  },
];

interface ExternalImage {
  image: NonNullable<Stage["base"]>;
  at: { start: number; end: number };
}

/** The images of `FROM` that are no stages and that do not depend on what a build is given. */
function externalImages(context: RuleContext): ExternalImage[] {
  return context.document.stages.flatMap(({ base, parent, baseWord }) => {
    if (base === undefined || baseWord === undefined || parent !== undefined || base.text === "scratch")
      return [];
    return baseWord.raw.includes("$") && !isValidReference(base.text) ? [] : [{ image: base, at: baseWord }];
  });
}

/** The images that `COPY --from` and mounts name. */
function copiedImages(context: RuleContext): ExternalImage[] {
  return instructionsOf(context, "COPY", "RUN").flatMap(({ flags, stage, onbuild }) =>
    flags.flatMap((flag) => {
      const from =
        flag.name === "from" ? flag.value : /(?:^|,)from=(?<from>[^,]*)/.exec(flag.value)?.groups?.["from"];
      if (from === undefined || from === "" || from.includes("$")) return [];
      // A bare word in an ONBUILD is a stage of the file that builds on this image.
      if (onbuild && !/[:/@]/.test(from)) return [];
      const earlier = context.document.stages.slice(0, stage?.index);
      return referredStage(earlier, from) === undefined
        ? [{ image: readImageReference(from), at: flag }]
        : [];
    }),
  );
}

function platformFlag(flags: readonly InstructionFlag[]): InstructionFlag | undefined {
  return flags.find(({ name }) => name === "platform");
}

function matchesRegistry(registry: string, pattern: string): boolean {
  if (pattern === "*") return true;
  if (pattern.startsWith("*")) return registry.endsWith(pattern.slice(1));
  if (pattern.endsWith("*")) return registry.startsWith(pattern.slice(0, -1));
  return registry === pattern;
}
