import type { core } from "zod/mini";
import { type Problem, ProblemError } from "../../base/problem";
import { isVersion } from "../../versions/semver";

/** A check of one value. It adds an issue if the value breaks the rule. */
export type Check<T> = core.CheckFn<T>;

/** Converts a problem to an issue of the schema library. */
export const issueOf = (problem: Problem): core.$ZodRawIssue => ({
  code: "custom",
  input: problem.received,
  params: { problem },
});

/** Converts the problems that a parser threw to issues. Throws every other error again. */
export const issuesOf = (error: unknown): core.$ZodRawIssue[] => {
  if (error instanceof ProblemError) return error.problems.map(issueOf);
  throw error;
};

/**
 * Returns a check.
 *
 * @param rule - completes the sentence "KEY: expected …"
 * @param remedy - the fix, as an imperative sentence
 */
const requireThat =
  <T>(isValid: (value: T) => boolean, rule: string, remedy: string | ((value: T) => string)): Check<T> =>
  ({ value, issues }) => {
    if (isValid(value)) return;
    issues.push(issueOf({ received: value, rule, remedy: typeof remedy === "string" ? remedy : remedy(value) }));
  };

const requireMatch = (pattern: RegExp, rule: string, remedy: string): Check<string> =>
  requireThat((value) => pattern.test(value), rule, remedy);

/** Returns a check that also accepts the empty string. */
export const orEmpty =
  (check: Check<string>): Check<string> =>
  (context) =>
    context.value === "" ? undefined : check(context);

/**
 * Returns a check of an RFC 1123 label: lower-case letters, digits and inner hyphens.
 *
 * @param longest - maximum length in characters
 * @param why - reason for the maximum length, for the error
 */
export const dnsLabel = (longest: number, why = "Kubernetes' limit"): Check<string> =>
  requireThat(
    (value) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value) && value.length <= longest,
    `1 to ${longest} lower-case letters, digits and inner hyphens (${why})`,
    (value) => {
      const label = suggestedLabel(value, longest);
      return label === "" ? "Write a name such as cluster-1" : `Write it as ${label}`;
    },
  );

/** Returns the nearest label; empty if the value has no letters and digits. */
const suggestedLabel = (value: string, longest: number): string => {
  const letters = value.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return letters.replace(/^-+/, "").slice(0, longest).replace(/-+$/, "");
};

const isDomain = (value: string): boolean =>
  value.length <= 253 && value.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));

/** Checks a domain: labels joined by dots, at most 253 characters. */
export const dnsDomain: Check<string> = requireThat(
  isDomain,
  "a domain of lower-case letters, digits and hyphens between dots",
  "Write it as cluster.local",
);

/** Checks the key of a label or taint: a name, with an optional domain before a slash. */
export const labelKey: Check<string> = requireThat(
  (value) => {
    const [name = "", domain, ...more] = value.split("/").reverse();
    const isName = /^[a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?$/.test(name);
    return isName && more.length === 0 && (domain === undefined || isDomain(domain));
  },
  "a label's key: up to 63 letters, digits, -, _ and dots, with an optional domain before a slash",
  "Write it as example.org/name",
);

/** Checks the value of a label or taint. */
export const labelValue: Check<string> = requireMatch(
  /^([a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?)?$/,
  "a label's value: up to 63 letters, digits, -, _ and dots, with a letter or digit at both ends",
  'Write it as a string, in quotes if it looks like a number: "true"',
);

/** Returns the fix for a number outside of a range. A number far outside is a typing error, so no value is near it. */
const fixNumber = (value: number, least: number, most: number, nearest: (value: number) => number): string =>
  value >= least - 10 && value <= most + Math.max(most / 2, 3)
    ? `Set it to ${nearest(value)}`
    : "Correct the number, or remove the setting for the default";

/** Returns a check of an integer from `least` to `most`. */
export const between = (least: number, most: number): Check<number> =>
  requireThat(
    (value) => value >= least && value <= most,
    `a number from ${least} to ${most}`,
    (value) => fixNumber(value, least, most, (number) => (number < least ? least : most)),
  );

/** Returns a check of an integer from `least` to `most`, or 0, which switches something off. */
export const zeroOrBetween = (least: number, most: number): Check<number> =>
  requireThat(
    (value) => value === 0 || (value >= least && value <= most),
    `0, or a number from ${least} to ${most}`,
    `Set it to ${least} or more, or to 0 to switch it off`,
  );

/** Checks a number of etcd members. */
export const oddCount: Check<number> = requireThat(
  (value) => [1, 3, 5, 7].includes(value),
  "1, 3, 5 or 7, because etcd runs on the control plane and decides by majority",
  (value) => fixNumber(value, 1, 7, (number) => (number < 1 ? 1 : Math.min(number + ((number + 1) % 2), 7))),
);

/** Checks how many machines of a group may be unhealthy: a count, a percentage, or the empty string. */
export const countOrPercentage: Check<string> = requireMatch(
  /^(|\d{1,3}|\d{1,2}%|100%)$/,
  "a count or a percentage up to 100%",
  'Write it as "1" or 40%',
);

const isLocation = (value: string): boolean => {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  const hasForm = isUrl ? /^https?:\/\//i.test(value) && URL.canParse(value) : /\S/.test(value);
  return hasForm && !/\p{Cc}/u.test(value);
};

/** Checks the location of a manifest: an http(s) URL, or a path. The check does not read the manifest. */
export const manifestLocation: Check<string> = requireThat(
  isLocation,
  "an http or https URL, or the path of a file",
  "Write the URL of a release, or a path relative to the project",
);

/** Checks the path of a file, or the empty string. The check does not read the file. */
export const filePath: Check<string> = requireMatch(
  /^\P{Cc}*$/u,
  "a path without line breaks and other control characters",
  "Write a path relative to the project, for example images/capd.tar",
);

/** Checks an absolute path of a file or folder, without `.`, `..` and characters that separate parts of a mount. */
export const absolutePath: Check<string> = requireThat(
  (value) =>
    /^\/[^:\p{Cc}]+$/u.test(value) &&
    value
      .slice(1)
      .split("/")
      .every((segment) => !["", ".", ".."].includes(segment)),
  "an absolute path below /, without colons and without the segments . and ..",
  "Write it as /srv/data",
);

/** Checks the path of a folder, or the empty string. The check does not read the folder. */
export const folderPath: Check<string> = requireMatch(
  /^\P{Cc}*$/u,
  "a path without line breaks and other control characters",
  "Write a path relative to the project, for example ../cluster-api",
);

const host = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?/)?`;
const segment = String.raw`[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`;
const reference = new RegExp(
  String.raw`^${host}${segment}(?:/${segment})*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

/** Checks a container image with a tag or digest. An image without both could change between two runs. */
export const imageReference: Check<string> = requireThat(
  (value) => {
    const name = value.split("@")[0] ?? "";
    return reference.test(value) && name.length <= 255 && (value.includes("@") || /:[^/]+$/.test(value));
  },
  "an image reference with a tag or a digest",
  "Write it as registry.example.org/path/name:tag, for example kindest/node:v1.34.4",
);

/** Checks a Kubernetes release. */
export const kubernetesVersion: Check<string> = requireThat(
  (value) => isVersion(value) && value.length <= 64,
  "a full Kubernetes version",
  "Write all three numbers, for example v1.34.4",
);

/** Checks the release of a provider. */
export const providerVersion: Check<string> = requireThat(
  (value) => isVersion(value) && !value.includes("+"),
  "a full version",
  "Write all three numbers, for example v2.13.0",
);

// A line break in the value would end the line of YAML that contains the value.
const isVariable = ([name, value]: [string, unknown]): boolean =>
  /^[A-Z][A-Z0-9_]*$/.test(name) &&
  ["string", "number", "boolean"].includes(typeof value) &&
  !/\p{Cc}/u.test(String(value));

const variablesRule =
  "a map of names (A-Z, 0-9, _; first a letter) to numbers, booleans or strings without control characters";

/** Checks variables `{VAR: value}`, whose values are strings, numbers or booleans. The problem shows invalid entries. */
export const templateVariables: Check<Record<string, unknown>> = ({ value, issues }) => {
  const invalid = Object.entries(value).filter((entry) => !isVariable(entry));
  if (invalid.length === 0) return;
  const remedy = "Write lines of NAME: value, for example CLUSTER_TOPOLOGY: true";
  issues.push(issueOf({ received: Object.fromEntries(invalid), rule: variablesRule, remedy }));
};

/** Checks variables that are secrets. The problem shows no value. */
export const secretVariables: Check<Record<string, unknown>> = ({ value, issues }) => {
  if (Object.entries(value).every(isVariable)) return;
  const remedy = "Write it with pulumi config set --secret --path 'slipway:templateSecrets.NAME'";
  issues.push(issueOf({ rule: variablesRule, remedy }));
};
