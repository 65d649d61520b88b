import type { SemVer } from "semver";
import coerce from "semver/functions/coerce";
import compare from "semver/functions/compare";
import parse from "semver/functions/parse";

/** Difference of two Kubernetes versions. `skip` omits a minor version or changes the major version. */
export type VersionStep = "same" | "patch" | "minor" | "skip" | "downgrade";

/** Parses a full version with an optional leading v and without spaces; undefined for other text. */
const readVersion = (text: string): SemVer | undefined => (/\s/.test(text) ? undefined : (parse(text) ?? undefined));

/**
 * Parses a full version.
 *
 * @throws if the text is not a full version
 */
export const parseVersion = (text: string): SemVer => {
  const version = readVersion(text);
  if (version === undefined)
    throw new Error(`Kubernetes version: expected three numbers, for example v1.34.4, got ${JSON.stringify(text)}`);
  return version;
};

/** Returns the step from one full version to another; a leading v and the build metadata after a plus do not count. */
export const versionStep = (from: string, to: string): VersionStep => {
  const [old, next] = [parseVersion(from), parseVersion(to)];
  const order = next.compare(old);
  if (order <= 0) return order === 0 ? "same" : "downgrade";
  if (next.major !== old.major || next.minor > old.minor + 1) return "skip";
  return next.minor === old.minor ? "patch" : "minor";
};

/** Returns the minor version, such as `v1.34` for v1.34.4, or the minor version that is `above` steps higher. */
export const minorOf = (version: string, above = 0): string => {
  const { major, minor } = parseVersion(version);
  return `v${major}.${minor + above}`;
};

/** Returns the versions in rising order. */
export const sortVersions = (versions: readonly string[]): string[] => [...versions].sort((a, b) => compare(a, b));

/** Returns true for a full version. */
export const isVersion = (text: string): boolean => readVersion(text) !== undefined;

/** Reads the release of a version or of an image's tag, without what follows a hyphen or plus. */
export const releaseOf = (text: string): Pick<SemVer, "version" | "major" | "minor"> | undefined => {
  const version = readVersion(text.replace("_", "+")); // a tag cannot hold a plus
  return version && (coerce(version.version) ?? undefined);
};

/** Compares dotted versions; a missing part counts as 0, and what follows the third number is ignored. */
export const isAtLeast = (version: string, minimum: string): boolean => {
  // Docker's versions have leading zeros, as in 18.09.1.
  const [left, right] = [version, minimum].map((text) => coerce(text, { loose: true }));
  return Boolean(left && right && left.compare(right) >= 0);
};
