import { refuse } from "../problem";
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
