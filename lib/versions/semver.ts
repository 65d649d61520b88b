/** How far apart two versions of Kubernetes are. `skip` leaves out a minor version, or crosses a major one. */
export type VersionStep = "same" | "patch" | "minor" | "skip" | "downgrade";

/** A version in its parts; `pre` is what follows a hyphen. */
interface Version {
  numbers: [major: number, minor: number, patch: number];
  pre: string[];
}

/** The step from one full version to another; a leading v and what follows a plus do not count. */
export const versionStep = (from: string, to: string): VersionStep => {
  const [old, next] = [parse(from), parse(to)];
  const order = compare(old, next);
  if (order === 0) return "same";
  if (order > 0) return "downgrade";
  if (next.numbers[0] !== old.numbers[0]) return "skip";
  const minors = next.numbers[1] - old.numbers[1];
  return minors === 0 ? "patch" : minors === 1 ? "minor" : "skip";
};

/** `v1.34` of v1.34.4, or the minor version that many above it. */
export const minorOf = (version: string, above = 0): string => {
  const [major, minor] = parse(version).numbers;
  return `v${major}.${minor + above}`;
};

/** The versions in rising order. */
export const sortVersions = (versions: readonly string[]): string[] =>
  [...versions].sort((a, b) => compare(parse(a), parse(b)));

/** Whether a text is a full version. */
export const isVersion = (text: string): boolean => pattern.test(text);

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/;

const parse = (text: string): Version => {
  const [, major = "", minor = "", patch = "", pre = ""] = pattern.exec(text) ?? [];
  if (major === "") throw new Error(`${text} is no full Kubernetes version`);
  return { numbers: [Number(major), Number(minor), Number(patch)], pre: pre === "" ? [] : pre.split(".") };
};

/** Semantic versioning's order, in which a release comes after its own candidates. */
const compare = (a: Version, b: Version): number => {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  return comparePre(a.pre, b.pre);
};

const comparePre = (a: string[], b: string[]): number => {
  for (const [index, word] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (word === other) continue;
    const [left, right] = [Number(word), Number(other)];
    // Numbers come before words, and are compared as numbers.
    if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
    if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
    return word < other ? -1 : 1;
  }
  return a.length - b.length;
};

/** Compares dotted versions; a missing part counts as 0, what follows a - or + is ignored. */
export const isAtLeast = (version: string, minimum: string): boolean => {
  const parts = (text: string): number[] => (text.replace(/^v/, "").split(/[-+ ]/)[0] ?? "").split(".").map(Number);
  const [left, right] = [parts(version), parts(minimum)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};
