import { posix } from "node:path";

import { findRole } from "@dext/project";

import { mapping } from "./compose-mapping.ts";
import type { ComposeService } from "./compose-file.ts";
import { pathFrom, readMount, readWords } from "./compose-values.ts";
import type { FillIn } from "./compose-values.ts";
import type { FoundProject } from "./find-projects.ts";
import { imageName, isZooKeeper, kindOfImage } from "./known-images.ts";
import type { KnownKind } from "./known-images.ts";

/** What a service of a Compose file becomes. */
export type ComposeForm =
  | { readonly form: "known"; readonly kind: KnownKind; readonly image: string }
  /** A project of this repository, which runs as a process. */
  | { readonly form: "project"; readonly project: FoundProject }
  | {
      readonly form: "dockerfile";
      readonly context: string;
      readonly dockerfile?: string;
      readonly target?: string;
      readonly buildArgs: Readonly<Record<string, unknown>>;
    }
  | { readonly form: "container"; readonly image: string }
  /** Nothing, and why. */
  | { readonly form: "none"; readonly reason: string };

/** Decides what a service becomes, by its image, what it is built from, and what is mounted into it. */
export function formOf(
  service: ComposeService,
  { projects, fill }: { projects: readonly FoundProject[]; fill: FillIn },
): ComposeForm {
  const { image: rawImage, build } = service.fields;
  const image = fill(rawImage);
  if (build !== undefined && build !== null) return formOfBuild(service, { projects, fill });
  if (rawImage === undefined) return { form: "none", reason: "it has neither image nor build" };
  if (image === undefined || image === "")
    return { form: "none", reason: "its image is a variable without a value" };
  if (!/^\w[\w.:/@+-]*$/.test(image)) return { form: "none", reason: "its image has no valid name" };
  if (isZooKeeper(image)) return { form: "none", reason: "the Kafka of Dext needs no ZooKeeper" };
  const kind = kindOfImage(image);
  if (kind !== undefined) return { form: "known", kind, image };
  const project =
    mountedProject(service, { projects, fill }) ?? publishedProject(image, { key: service.key, projects });
  return project === undefined ? { form: "container", image } : { form: "project", project };
}

function formOfBuild(
  { key, fields, folder: from }: ComposeService,
  { projects, fill }: { projects: readonly FoundProject[]; fill: FillIn },
): ComposeForm {
  const { build } = fields;
  const long = mapping(build);
  const context = fill(typeof build === "string" ? build : (long["context"] ?? "."));
  if (context === undefined)
    return { form: "none", reason: "the folder that it is built from is a variable without a value" };
  if (/^[a-z+]+:\/\/|^git@/.test(context))
    return { form: "none", reason: "it is built from a repository elsewhere" };
  const folder = pathFrom(from, context);
  const dockerfile = fill(long["dockerfile"]);
  const target = fill(long["target"]);
  if (long["dockerfile_inline"] !== undefined)
    return { form: "none", reason: "its Dockerfile stands in the Compose file" };
  const project =
    builtProject({ folder, dockerfile, projects }) ?? calledMember(key, { folder, dockerfile, projects });
  if (project !== undefined) return { form: "project", project };
  return {
    form: "dockerfile",
    context: folder,
    ...(dockerfile === undefined || dockerfile === "Dockerfile" ? {} : { dockerfile }),
    ...(target === undefined ? {} : { target }),
    buildArgs: Array.isArray(long["args"]) ? listToMap(long["args"] as unknown[]) : mapping(long["args"]),
  };
}

/** The project that a Dockerfile is for: that of its folder; in a workspace's root, that of the Dockerfile's folder. */
function builtProject({
  folder,
  dockerfile,
  projects,
}: {
  folder: string;
  dockerfile: string | undefined;
  projects: readonly FoundProject[];
}): FoundProject | undefined {
  const beside = posix.normalize(posix.join(folder, posix.dirname(dockerfile ?? "Dockerfile")));
  const found = projects.find(({ path }) => path === beside) ?? projects.find(({ path }) => path === folder);
  if (found === undefined || !found.isService) return undefined;
  // docker/Dockerfile.gotenberg of a workspace says nothing about which member it is for; apps/admin/Dockerfile.admin,
  // built from the root, does.
  const isMembers = found.path === beside && beside !== folder;
  const isPlain = /^(?:.*\/)?Dockerfile(?:\.(?:dev|development|local|prod|production))?$/.test(
    dockerfile ?? "Dockerfile",
  );
  const isRootOfMany = found.path === "." && found.description.workspace?.isRoot === true;
  return (isPlain || isMembers) && !isRootOfMany ? found : undefined;
}

/** A member of the workspace that a service built from the root has the name of: one image runs each of them. */
function calledMember(
  key: string,
  {
    folder,
    dockerfile = "Dockerfile",
    projects,
  }: { folder: string; dockerfile: string | undefined; projects: readonly FoundProject[] },
): FoundProject | undefined {
  const isRoots = projects.some(
    ({ path, description }) => path === folder && path === "." && description.workspace?.isRoot === true,
  );
  const isForAll = /^(?:.*\/)?Dockerfile(?:\.(?:dev|development|local))?$/.test(dockerfile);
  if (!isRoots || !isForAll) return undefined;
  const members = projects.filter(
    (project) =>
      project.isService &&
      project.path !== "." &&
      (posix.basename(project.path) === key || plainName(project) === key),
  );
  return members.length === 1 ? members[0] : undefined;
}

/** `image: node:24`, `volumes: ["./api:/app"]`: the project runs in an image of its runtime. */
function mountedProject(
  { fields, folder }: ComposeService,
  { projects, fill }: { projects: readonly FoundProject[]; fill: FillIn },
): FoundProject | undefined {
  const image = imageName(fill(fields["image"]) ?? "");
  if (!/^(?:node|denoland\/deno|oven\/bun|cimg\/node)$/.test(image)) return undefined;
  const mounts = (Array.isArray(fields["volumes"]) ? (fields["volumes"] as unknown[]) : []).map((each) =>
    readMount(each, { fill, folder }),
  );
  const words = readWords(fields["command"], fill);
  const source = mounts.find((mount) => mount?.type === "bind")?.source;
  return words === undefined
    ? undefined
    : projects.find(({ path, isService }) => isService && path === source);
}

/**
 * What is published from this repository: `ghcr.io/acme/shop:latest` from the package `shop`; where that is the head of a
 * workspace, `acme/shop-api` from its member `api`, and `acme/shop` from the member that the service is called by.
 */
function publishedProject(
  image: string,
  { key, projects }: { key: string; projects: readonly FoundProject[] },
): FoundProject | undefined {
  const name = imageName(image);
  if (!name.includes("/")) return undefined;
  const last = name.split("/").at(-1) ?? "";
  const services = projects.filter((project) => project.isService && !isHeadOfMany(project));
  const byName = services.find((project) => plainName(project) === last);
  const head = projects.find(isHeadOfMany);
  if (byName !== undefined || head === undefined) return byName;
  const prefix = `${plainName(head)}-`;
  if (last !== plainName(head) && !last.startsWith(prefix)) return undefined;
  const called = [last, key].map((each) => (each.startsWith(prefix) ? each.slice(prefix.length) : each));
  const members = called.map((each) =>
    services.find((project) => plainName(project) === each || posix.basename(project.path) === each),
  );
  return members.find((member) => member !== undefined);
}

/** The root of a workspace whose own scripts only run those of its members. */
function isHeadOfMany({ path, description }: FoundProject): boolean {
  return path === "." && description.workspace?.isRoot === true && findRole(description) === "orchestrator";
}

function plainName({ name }: FoundProject): string {
  return name.replace(/^@[^/]*\//, "");
}

function listToMap(items: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    items.map((item) => {
      const [name = "", ...rest] = String(item).split("=");
      return [name, rest.length === 0 ? null : rest.join("=")];
    }),
  );
}
