import { refuse, ProblemError, problemsOf } from "../../base/problem";
import type { Check } from "./check";

/** One RFC 1123 label: lower-case letters, digits and inner hyphens. */
export const dnsLabel =
  (longest: number, why = "names end there"): Check<string> =>
  (value) => {
    if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value) && value.length <= longest) return;
    refuse({
      received: value,
      rule: `be 1 to ${longest} lower-case letters, digits and inner hyphens (${why})`,
      remedy: `Write it as ${suggestedLabel(value, longest)}`,
    });
  };

/** Labels joined by dots, at most 253 characters. */
export const dnsDomain: Check<string> = (value) => {
  if (value.length <= 253 && value.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)))
    return;
  refuse({
    received: value,
    rule: "be a domain of lower-case letters, digits and hyphens between dots",
    remedy: "Write it as cluster.local",
  });
};

const suggestedLabel = (value: string, longest: number): string => {
  const letters = value.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return letters.replace(/^-+/, "").slice(0, longest).replace(/-+$/, "") || "cluster-1";
};

/** A label's or taint's key: a name, with an optional domain before a slash. */
export const labelKey: Check<string> = (value) => {
  const [name = "", domain] = value.split("/").reverse();
  const good = /^[a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?$/.test(name) && value.split("/").length <= 2;
  if (good && (domain === undefined || problemsOf(() => dnsDomain(domain)).length === 0)) return;
  refuse({
    received: value,
    rule: "be a label's key: up to 63 letters, digits, -, _ and dots, with an optional domain before a slash",
    remedy: "Write it as example.org/name",
  });
};

/** A label's or taint's value. */
export const labelValue: Check<string> = (value) => {
  if (/^([a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?)?$/.test(value)) return;
  refuse({
    received: value,
    rule: "be a label's value: up to 63 letters, digits, -, _ and dots, letters or digits at both ends",
    remedy: 'Write it as text, in quotes if it looks like a number: "true"',
  });
};

/** A map of texts, whose keys and values each pass a check. */
export const textMap =
  (key: Check<string>, value: Check<string>): Check<Readonly<Record<string, unknown>>> =>
  (map) => {
    const problems = Object.entries(map).flatMap(([name, given]) => [
      ...problemsOf(() => key(name)),
      // Numbers and booleans are taken at their word by no API server, which wants texts.
      ...problemsOf(() => value(typeof given === "string" ? given : `(${typeof given})`)),
    ]);
    if (problems.length > 0) throw new ProblemError(problems);
  };
