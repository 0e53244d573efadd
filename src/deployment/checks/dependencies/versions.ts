import type * as SemverPackage from 'semver';

/** What is asked of versions and ranges, by the rules of npm. @internal */
export interface Versions {
  /** Whether a version is within a range; of `*`, every one. */
  fits(version: string, range: string): boolean;
  /** The same as npm judges `engines`, where the beginnings of a version count as it. */
  runsOn(version: string, range: string): boolean;
  isRange(text: string): boolean;
  isVersion(text: string): boolean;
}

/** What compares versions, loaded when a check runs. @internal */
export async function loadVersions(): Promise<Versions> {
  const loaded = (await import('semver')) as unknown as { readonly default: typeof SemverPackage };
  const semver = loaded.default;
  const loose = { loose: true };
  return {
    fits: (version, range) => semver.validRange(range, loose) === '*' || semver.satisfies(version, range, loose),
    runsOn: (version, range) => semver.satisfies(version, range, { includePrerelease: true }),
    isRange: (text) => text.length <= 200 && semver.validRange(text, loose) !== null,
    isVersion: (text) => text.length <= 200 && semver.valid(text, loose) !== null,
  };
}
