import type { core } from "zod/mini";
import { type Problem, ProblemError } from "../../base/problem";
import { familyNames, type IpFamily } from "../../network/address";
import { type Prefixes, refuseOtherSize } from "../../network/cidr";
import { type Networks, parseNetworks } from "../../network/networks";
import { isVersion } from "../../versions/semver";

/** A check of one value: adds an issue where the value breaks the rule. */
export type Check<T> = core.CheckFn<T>;

/** Returns a problem as an issue of the schema library. */
export const issueOf = (problem: Problem): core.$ZodRawIssue => ({
  code: "custom",
  input: problem.received,
  params: { problem },
});

/** Returns the problems that a parser threw as issues; throws every other error again. */
export const issuesOf = (error: unknown): core.$ZodRawIssue[] => {
  if (error instanceof ProblemError) return error.problems.map(issueOf);
  throw error;
};

/** A check with a rule that completes "must …", and a remedy in the imperative. */
const must =
  <T>(isRight: (value: T) => boolean, rule: string, remedy: string | ((value: T) => string)): Check<T> =>
  ({ value, issues }) => {
    if (isRight(value)) return;
    issues.push(issueOf({ received: value, rule, remedy: typeof remedy === "string" ? remedy : remedy(value) }));
  };

const mustMatch = (form: RegExp, rule: string, remedy: string): Check<string> =>
  must((value) => form.test(value), rule, remedy);

/** A check that accepts the empty text too. */
export const orEmpty =
  (check: Check<string>): Check<string> =>
  (text) =>
    text.value === "" ? undefined : check(text);

/** One RFC 1123 label: lower-case letters, digits and inner hyphens. */
export const dnsLabel = (longest: number, why = "names end there"): Check<string> =>
  must(
    (value) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value) && value.length <= longest,
    `be 1 to ${longest} lower-case letters, digits and inner hyphens (${why})`,
    (value) => `Write it as ${suggestedLabel(value, longest)}`,
  );

const suggestedLabel = (value: string, longest: number): string => {
  const letters = value.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return letters.replace(/^-+/, "").slice(0, longest).replace(/-+$/, "") || "cluster-1";
};

const isDomain = (value: string): boolean =>
  value.length <= 253 && value.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));

/** Labels joined by dots, at most 253 characters. */
export const dnsDomain: Check<string> = must(
  isDomain,
  "be a domain of lower-case letters, digits and hyphens between dots",
  "Write it as cluster.local",
);

/** The key of a label or taint: a name, with an optional domain before a slash. */
export const labelKey: Check<string> = must(
  (value) => {
    const [name = "", domain, ...more] = value.split("/").reverse();
    const isName = /^[a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?$/.test(name);
    return isName && more.length === 0 && (domain === undefined || isDomain(domain));
  },
  "be a label's key: up to 63 letters, digits, -, _ and dots, with an optional domain before a slash",
  "Write it as example.org/name",
);

/** The value of a label or taint. */
export const labelValue: Check<string> = mustMatch(
  /^([a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?)?$/,
  "be a label's value: up to 63 letters, digits, -, _ and dots, letters or digits at both ends",
  'Write it as text, in quotes if it looks like a number: "true"',
);

/** A whole number within bounds. */
export const between = (least: number, most: number): Check<number> =>
  must(
    (value) => value >= least && value <= most,
    `be from ${least} to ${most}`,
    (value) => `Set it to ${value < least ? least : most}`,
  );

/** A number of etcd members. */
export const oddCount: Check<number> = must(
  (value) => [1, 3, 5, 7].includes(value),
  "be 1, 3, 5 or 7, since etcd runs on the control plane and decides by majority",
  (value) => `Set it to ${value < 1 ? 1 : Math.min(value + ((value + 1) % 2), 7)}`,
);

/** How many machines of a group may be unhealthy: a count, a percentage, or empty. */
export const countOrPercentage: Check<string> = mustMatch(
  /^(|\d{1,3}|\d{1,2}%|100%)$/,
  "be a count or a percentage up to 100%",
  'Write it as "1" or 40%',
);

const isLocation = (value: string): boolean => {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  const isGood = isUrl ? /^https?:\/\//i.test(value) && URL.canParse(value) : /\S/.test(value);
  return isGood && !/\p{Cc}/u.test(value);
};

/** Where a manifest lies: an http(s) URL, or a path. The check does not read it. */
export const manifestLocation: Check<string> = must(
  isLocation,
  "be an http or https URL, or the path of a file",
  "Write the URL of a release, or a path relative to the project",
);

/** The path of a file, or empty. The check does not read it. */
export const filePath: Check<string> = mustMatch(
  /^\P{Cc}*$/u,
  "be a path without line breaks and other control characters",
  "Write it as images/capd.tar, relative to the project",
);

const host = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?/)?`;
const part = String.raw`[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`;
const reference = new RegExp(String.raw`^${host}${part}(?:/${part})*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`);

/** A container image by tag or digest; an image without both could change between two runs. */
export const imageReference: Check<string> = must(
  (value) => {
    const name = value.split("@")[0] ?? "";
    return reference.test(value) && name.length <= 255 && (value.includes("@") || /:[^/]+$/.test(value));
  },
  "be an image reference with a tag or a digest",
  "Write it as registry.example.org/path/name:tag, as in kindest/node:v1.34.4",
);

/** A Kubernetes release. */
export const kubernetesVersion: Check<string> = must(
  (value) => isVersion(value) && value.length <= 64,
  "be a full Kubernetes version",
  "Write all three numbers, as in v1.34.4",
);

/** The release of a provider. */
export const providerVersion: Check<string> = must(
  (value) => isVersion(value) && !value.includes("+"),
  "be a full version",
  "Write all three numbers, as in v2.13.0",
);

// A line break would end the line of YAML that the value is put into.
const isVariable = ([name, value]: [string, unknown]): boolean =>
  /^[A-Z][A-Z0-9_]*$/.test(name) &&
  ["string", "number", "boolean"].includes(typeof value) &&
  !/\p{Cc}/u.test(String(value));

/** Variables `{VAR: value}` with text, numbers or booleans as values; the problem shows the wrong ones. */
export const templateVariables: Check<Record<string, unknown>> = ({ value, issues }) => {
  const wrong = Object.entries(value).filter((entry) => !isVariable(entry));
  if (wrong.length === 0) return;
  const rule = "map names in capitals to text of one line, numbers or booleans";
  issues.push(issueOf({ received: Object.fromEntries(wrong), rule, remedy: "Write it as CLUSTER_TOPOLOGY: true" }));
};

/** Variables that are secrets; the problem shows no value. */
export const secretVariables: Check<Record<string, unknown>> = ({ value, issues }) => {
  if (Object.entries(value).every(isVariable)) return;
  const remedy = "Write it with pulumi config set --secret --path 'slipway:templateSecrets.NAME'";
  issues.push(issueOf({ rule: "map names in capitals to text", remedy }));
};

/** Returns a parser of one network, or one of each family with a comma between them, each of an allowed size. */
export const networksOfSize =
  (sizes: Readonly<Record<IpFamily, Prefixes>>, why: Readonly<Record<IpFamily, string>>) =>
  (text: string): Networks => {
    const networks = parseNetworks(text);
    for (const network of networks.list) {
      const { family } = network;
      refuseOtherSize(network, sizes[family], `${familyNames[family]}: ${why[family]}`);
    }
    return networks;
  };
