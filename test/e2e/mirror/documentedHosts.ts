import { readFileSync } from "node:fs";

const page = "docs/guides/closed-networks.md";

/** Returns the hosts that a text names in backticks, such as `github.com` or `*.pkg.dev`. */
export const hostsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})`/g)].map(([, host = ""]) => host);

/** Returns the hosts that the documentation lists for the release route. */
export const documentedHosts = (text = readFileSync(page, "utf8")): string[] => {
  const section = /\n## Which hosts are needed\n([\s\S]*?)\n## /.exec(text)?.[1] ?? "";
  return [...new Set(hostsIn(section))];
};

/** Tells whether a list has a host, by name or below a `*.`. */
export const isListed = (host: string, list: readonly string[]): boolean =>
  list.some((entry) => entry === host || (entry.startsWith("*.") && host.endsWith(entry.slice(1))));
