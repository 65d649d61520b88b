import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { networkAround } from "../../../lib/network/cidr";
import { parseNetwork } from "../../../lib/network/parse";
import { specialRanges } from "../../../lib/network/specialPurpose";
import { readSettings, SettingsError } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";

type Config = Record<string, unknown>;

const problemsOf = (config: Config): string[] => {
  try {
    readSettings({ config, pins });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.replace(/^ {2}- /, ""));
  }
};

const template = { name: "t", template: "t.yaml", loadBalancer: "metallb" };
const providers = [{ name: "t", version: "v1.0.0", manifest: "t.yaml" }];

/** Every setting with a network or an address, with the prefix lengths that the setting can have. */
const settings: Record<string, { family: "ipv4" | "ipv6"; prefix: number; config: (value: string) => Config }> = {
  networkSubnet: { family: "ipv4", prefix: 24, config: (networkSubnet) => ({ networkSubnet }) },
  networkSubnetIPv6: { family: "ipv6", prefix: 64, config: (networkSubnetIPv6) => ({ networkSubnetIPv6 }) },
  networkGateway: {
    family: "ipv4",
    prefix: 32,
    config: (value) => ({ networkGateway: value.replace(/\/32$/, "") }),
  },
  "podCidr of IPv4": { family: "ipv4", prefix: 24, config: (podCidr) => ({ podCidr }) },
  "podCidr of IPv6": {
    family: "ipv6",
    prefix: 64,
    config: (podCidr) => ({ podCidr, serviceCidr: "fd00:20::/108" }),
  },
  "the second network of podCidr": {
    family: "ipv6",
    prefix: 64,
    config: (ipv6) => ({ podCidr: `10.64.0.0/16,${ipv6}`, serviceCidr: "10.128.0.0/16,fd00:20::/108" }),
  },
  "serviceCidr of IPv4": { family: "ipv4", prefix: 24, config: (serviceCidr) => ({ serviceCidr }) },
  "serviceCidr of IPv6": {
    family: "ipv6",
    prefix: 112,
    config: (serviceCidr) => ({ podCidr: "fd00:10::/56", serviceCidr }),
  },
  "podCidr of a cluster of the list": {
    family: "ipv4",
    prefix: 24,
    config: (podCidr) => ({ clusters: [{ name: "a", podCidr }] }),
  },
  "loadBalancerAddresses of IPv4": {
    family: "ipv4",
    prefix: 28,
    config: (loadBalancerAddresses) => ({ providers, clusters: [{ ...template, loadBalancerAddresses }] }),
  },
  "loadBalancerAddresses of IPv6": {
    family: "ipv6",
    prefix: 124,
    config: (loadBalancerAddresses) => ({
      providers,
      clusters: [{ ...template, podCidr: "fd00:10::/56", serviceCidr: "fd00:20::/108", loadBalancerAddresses }],
    }),
  },
};

/** The advice `such as X`, or the advice to leave the setting out, which both must lead to valid settings. */
const applied = (problem: string, config: (value: string) => Config): Config => {
  const example = / such as (\S+?)\.?$/.exec(problem)?.[1];
  if (example !== undefined) return config(example);
  expect(problem).toMatch(/Leave the gateway out/);
  return {};
};

describe.each(Object.entries(settings))("%s", (name, { family, prefix, config }) => {
  const ranges = specialRanges.filter(({ network }) => network.family === family);

  test.each(ranges.map((range) => [range.network.text, range] as const))("rejects %s", (_, { network }) => {
    const value = networkAround(family, network.first, prefix);
    const problems = problemsOf(config(value.text));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/(networkSubnet|networkGateway|podCidr|serviceCidr|loadBalancerAddresses)/);
    const named = /outside of (\S+) \(.+, (RFC \d+)\), got "/.exec(problems[0] ?? "");
    expect(named).not.toBeNull();
    const range = parseNetwork(named?.[1] ?? "");
    expect(range.first <= value.last && value.first <= range.last).toBe(true);
    expect(
      problemsOf(applied(problems[0] ?? "", name.startsWith("the second") ? (text) => config(text) : config)),
    ).toEqual([]);
  });

  test.each(family === "ipv4" ? ["224.0.0.9/16", "0.0.0.0/0", "127.0.0.1/30"] : ["ff02::1/48", "::/0", "fe80::1/10"])(
    "rejects %s at once, although it has other faults",
    (text) => {
      if (name === "networkGateway") return;
      const problems = problemsOf(config(text));
      expect(problems[0]).toMatch(/\(.+, RFC \d+\)/);
      expect(problemsOf(applied(problems[0] ?? "", config))).toEqual([]);
    },
  );
});

test.each(["10.200.0.0/16", "100.64.0.0/16", "203.1.0.0/16", "172.40.0.0/16"])("accepts networkSubnet %s", (text) =>
  expect(problemsOf({ networkSubnet: text })).toEqual([]),
);

/** Applies `KEY: … such as VALUE`, `Write VALUE` and `Set KEY to VALUE` to the settings. */
const follow = (config: Config, problems: readonly string[]): Config =>
  Object.fromEntries<unknown>([
    ...Object.entries(config),
    ...problems.map((problem): [string, unknown] => {
      const [key = ""] = problem.split(":");
      const value = / (?:such as|for example|Write) (\S+?)\.?$/.exec(problem)?.[1];
      if (value === undefined) throw new Error(`no advice in ${problem}`);
      return [key, value];
    }),
  ]);

test("errors about overlaps, families, sizes and bases give advice that leads to valid settings", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const v4 = (lowest: number, highest: number) =>
    fc
      .tuple(
        fc.constantFrom("10", "172.18", "192.168", "100.64"),
        octet,
        octet,
        fc.integer({ min: lowest, max: highest }),
      )
      .map(([base, third, fourth, length]) => `${base === "10" ? "10.128" : base}.${third}.${fourth}/${length}`);
  const v6 = (lowest: number, highest: number) =>
    fc
      .tuple(fc.constantFrom("fd00:172:18", "fd00:10:64", "fd00:10:128"), fc.integer({ min: lowest, max: highest }))
      .map(([base, length]) => `${base}::/${length}`);
  const both = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>) =>
    fc.oneof(first, second, fc.tuple(first, second).map(String), fc.tuple(second, first).map(String));
  fc.assert(
    fc.property(
      fc.record({ podCidr: both(v4(7, 26), v6(40, 66)), serviceCidr: both(v4(10, 30), v6(100, 126)) }),
      (config) => {
        let current: Config = config;
        // Parsers report a text's own fault before rules about several settings; the size of both comes in two rounds.
        for (let round = 0; round < 6; round++) {
          const problems = problemsOf(current);
          if (problems.length === 0) return;
          current = follow(current, problems);
        }
        expect(problemsOf(current)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
