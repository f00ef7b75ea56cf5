/** A reference to an image, taken apart. */
export interface ImageReference {
  /** The whole, as it is without variables. */
  text: string;
  registry?: string;
  /** Without registry, tag and digest. */
  name: string;
  tag?: string;
  digest?: string;
}

/** Takes `registry:5000/path/name:tag@digest` apart. */
export function readImageReference(text: string): ImageReference {
  const at = text.indexOf("@");
  const [rest, digest] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const colon = rest.lastIndexOf(":");
  const hasTag = colon > rest.lastIndexOf("/");
  const path = hasTag ? rest.slice(0, colon) : rest;
  const slash = path.indexOf("/");
  const first = path.slice(0, Math.max(slash, 0));
  const hasRegistry = /[.:]|^localhost$/.test(first);
  return {
    text,
    name: hasRegistry ? path.slice(slash + 1) : path,
    ...(hasRegistry ? { registry: first } : {}),
    ...(hasTag ? { tag: rest.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

// https://github.com/distribution/reference: domain/path, :tag, @digest; a path is lower case.
const validReference =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** Whether an engine could look the image up. */
export function isValidReference(text: string): boolean {
  return validReference.test(text);
}
