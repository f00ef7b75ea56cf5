// The package carries no types of its own; these are the functions of it that are used here.
declare module "semver" {
  interface RangeOptions {
    loose?: boolean;
    includePrerelease?: boolean;
  }
  interface SemVerFunctions {
    validRange(range: string, options?: RangeOptions): string | null;
    intersects(first: string, second: string, options?: RangeOptions): boolean;
    satisfies(version: string, range: string, options?: RangeOptions): boolean;
  }
  const semver: SemVerFunctions;
  export default semver;
}
