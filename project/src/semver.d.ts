// The package carries no types of its own. Its functions are imported one by one, which loads half as much.
interface SemVerRangeOptions {
  loose?: boolean;
  includePrerelease?: boolean;
}

declare module "semver/ranges/valid.js" {
  export default function validRange(range: string, options?: SemVerRangeOptions): string | null;
}

declare module "semver/ranges/intersects.js" {
  export default function intersects(first: string, second: string, options?: SemVerRangeOptions): boolean;
}

declare module "semver/functions/satisfies.js" {
  export default function satisfies(version: string, range: string, options?: SemVerRangeOptions): boolean;
}
