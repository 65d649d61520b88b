import { shortChecksum } from "../base/checksum";
import { isRecord, stableJson } from "../base/json";

/** Hexadecimal digits of a checksum in a report. */
export const checksumDigits = 16;

/** Settings that do not change how long a run takes: names, addresses and secrets. */
const withoutEffect: readonly string[] = [
  ...["name", "namespace", "labels", "network", "templateSecrets"],
  ...["loadBalancerRange", "loadBalancerRangeIPv6", "podCidr", "serviceCidr", "serviceDomain", "ports"],
];

const relevant = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(relevant);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !withoutEffect.includes(key))
      .map(([key, inner]) => [key, relevant(inner)]),
  );
};

/**
 * Returns a checksum of the settings that matter for the duration of a run.
 *
 * @param settings - the settings of a stack; undefined for settings that cannot be read
 * @param args - Pulumi's options that limit the run to some resources
 */
export const settingsChecksum = (settings: unknown, args: readonly string[] = []): string =>
  shortChecksum(stableJson([relevant(settings ?? null), [...args]]), checksumDigits);
