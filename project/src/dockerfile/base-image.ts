import type { Finding, Runtime } from "../description.ts";
import type { ImageProject } from "./image-project.ts";
import {
  bunReleases,
  debianOf,
  denoReleases,
  imageVersion,
  isEndedNode,
  nodeReleases,
} from "./image-version.ts";
import type { Reason } from "./instruction-list.ts";

/** The images that the stages start from, below a registry. */
export interface BaseImage extends Reason {
  /** `library/node:24-bookworm-slim` */
  readonly image: string;
  /** The same with compilers, for native add-ons; of the same release of Debian, so of the same libc. */
  readonly buildImage: string | undefined;
}

/** Taken where nothing in the project says which version it wants. */
const defaultVersions: Readonly<Record<Runtime, string>> = { node: "24", deno: "2", bun: "1" };

const releases = { node: nodeReleases, deno: denoReleases, bun: bunReleases } as const;

/**
 * The official image of the project's runtime in the version that the project asks for, never the host's.
 *
 * @throws DextError `DEXT_DOCKERFILE_VERSION_UNKNOWN`
 */
export function chooseBaseImage({
  project,
  manager,
  installTime,
  findings,
  warnings,
}: ImageProject): BaseImage {
  const runtime = project.runtime.value;
  const { name } = releases[runtime];
  const wanted = project.runtimeVersion ?? assumed(runtime);
  const { tag, exactness } = imageVersion(wanted, releases[runtime]);
  const reason = { because: wanted.because, file: wanted.file, line: wanted.line };
  findings.push({ subject: `${name} version`, value: tag, because: wanted.because, ...placeOf(wanted) });
  if (project.runtimeVersion === undefined) {
    warnings.push({
      code: "needs-attention",
      message: `Nothing in the project says which ${name} it wants; ${tag} is taken`,
      onlyFor: "image",
    });
  } else if (exactness === "moving") {
    const message = `"${wanted.value}" is another ${name} every few months; an exact version builds the same image twice`;
    warnings.push({ code: "needs-attention", message, ...placeOf(wanted), onlyFor: "image" });
  }
  if (runtime === "node" && isEndedNode(tag)) {
    const message = `Node ${tag} gets no fixes any more, not even of security; ${defaultVersions.node} does`;
    warnings.push({ code: "needs-attention", message, ...placeOf(wanted), onlyFor: "image" });
  }
  const isNative = installTime.native.length > 0;
  // The images of Deno and Bun have no npm to install another package manager with.
  const isForeign = runtime !== "node" && manager.name !== runtime;
  const node = runtime === "node" ? tag : defaultVersions.node;
  const buildImage = `${nodeImage(node)}${isNative ? "" : "-slim"}`;
  return {
    image: imageOf(runtime, tag),
    buildImage: isForeign || (isNative && runtime === "node") ? buildImage : undefined,
    ...reason,
  };
}

function imageOf(runtime: Runtime, tag: string): string {
  if (runtime === "deno") return `denoland/deno:${tag}`;
  return runtime === "bun" ? `oven/bun:${tag}-slim` : `${nodeImage(tag)}-slim`;
}

/** Debian by its name, so that the libc does not change under native add-ons when `slim` moves on. */
function nodeImage(tag: string): string {
  return `library/node:${tag}-${debianOf(tag)}`;
}

function assumed(runtime: Runtime): Finding<string> {
  return { value: defaultVersions[runtime], because: "nothing in the project says which version it wants" };
}

function placeOf({ file, line }: Finding<unknown>): { file?: string; line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
