import type { Credentials } from "./connection.ts";

/**
 * The headers by which a user of a kubeconfig asks as somebody else: `as`, `as-uid`, `as-groups` and `as-user-extra`, of
 * which the client library knows the first alone.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 *
 * @param fail makes the error.
 */
export function impersonation(
  user: Readonly<Record<string, unknown>>,
  fail: (why: string) => Error,
): Credentials["headers"] {
  const { as: name, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  const headers = [
    ["impersonate-uid", textsOf(uid)],
    ["impersonate-group", textsOf(groups)],
    ...Object.entries(extra ?? {}).map(([key, value]) => [extraHeader(key), textsOf(value)] as const),
  ] as const;
  const told = headers.filter(([, values]) => values.length > 0);
  if (typeof name === "string" && name !== "")
    return { "impersonate-user": name, ...Object.fromEntries(told) };
  if (told.length > 0) throw fail('it is to ask with the groups of another, and "as" does not say of whom');
  return {};
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((each): each is string => typeof each === "string" && each !== "");
}

/** What no header can be named by, as `/` in `acme.com/project`, is percent-encoded; in lower case, as the server takes it. */
function extraHeader(key: string): string {
  const encoded = key
    .toLowerCase()
    .replaceAll(/[^\w!#$&'*+.^`|~-]/gu, (each) => Buffer.from(each).toString("hex").replaceAll(/../g, "%$&"));
  return `impersonate-extra-${encoded}`;
}
