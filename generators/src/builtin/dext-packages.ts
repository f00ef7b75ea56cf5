import { readFileSync } from "node:fs";

/** Every package of Dext: what a project may need, directly or behind another one. */
export const dextPackageNames: readonly string[] = [
  "@dext/core",
  "@dext/generators",
  "@dext/hosting",
  "@dext/project",
  "@dext/protocol",
  "@dext/providers",
  "@dext/resilience",
  "@dext/service",
  "@dext/templates",
  "dext",
];

/** Where a project keeps the packages as long as no registry has them, relative to its root. */
export const vendorFolder = "vendor/dext";

/** The version that all packages of Dext have. */
export function dextVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The file of a package in the vendor folder, as `npm pack` calls it: `dext-core-0.1.0.tgz`. */
export function tarballName(name: string, version: string = dextVersion()): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/** What pins a package to the vendor folder, in the root's manifest. */
export function vendoredPlace(name: string): string {
  return `file:./${vendorFolder}/${tarballName(name)}`;
}

/** The pins of all packages: what one of them wants of another is had from the vendor folder, too. */
export function vendoredPlaces(): Record<string, string> {
  return Object.fromEntries(dextPackageNames.map((name) => [name, vendoredPlace(name)]));
}
