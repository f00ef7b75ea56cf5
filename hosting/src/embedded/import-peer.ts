/**
 * Imports a package that an embedded server does not bring along. The launcher has found it from the AppHost's folder and
 * says where in `DEXT_PEERS`, a JSON object name → URL.
 */
export async function importPeer(name: string): Promise<unknown> {
  const urls = JSON.parse(process.env["DEXT_PEERS"] ?? "{}") as Readonly<Record<string, string>>;
  return await import(urls[name] ?? name);
}
