// The words that BuildKit, hadolint and Trivy look for. What is public, only a path, or only a version is none; a GPG
// key in a Dockerfile is the fingerprint of a public one.
const secretWord =
  /(?:_|^)(?:apikey|api_key|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmless = /(?:_|^)(?:public|file|version|path|dir|url|id)(?:_|$)|(?:_|^)GPG_KEYS?$/i;
const known: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AZURE_CLIENT_SECRET",
]);

/** Whether a variable is called as one that holds a secret. */
export function namesSecret(name: string): boolean {
  return known.has(name.toUpperCase()) || (secretWord.test(name) && !harmless.test(name));
}
