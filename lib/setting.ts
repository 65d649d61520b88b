import type { RoutePins } from "../setup/pins";
import { type Check, manifestLocation } from "./checks";
import { refuse } from "./problem";

/** Types of settings, by Pulumi.yaml's names. */
export interface SettingTypes {
  string: string;
  integer: number;
  boolean: boolean;
  object: Readonly<Record<string, unknown>>;
}

/** One setting: all that Pulumi.yaml, the reader and the documentation know about it. */
export interface Setting<T = never> {
  readonly type: keyof SettingTypes;
  /** As Pulumi.yaml declares it; an empty text stands for `derived`. */
  readonly default: T | string;
  readonly description: string;
  readonly check: Check<T>;
  /** What an empty text means, from the pinned versions and the settings above in the table. */
  readonly derived?: Derived;
}

/** A default that depends on pinned versions, or on settings above in the table. */
export type Derived = (versions: RoutePins, earlier: Readonly<Record<string, unknown>>) => string;

/** Any text that a check accepts. */
export const text = (value: string, description: string, check: Check<string>): Setting<string> => ({
  type: "string",
  default: value,
  description,
  check,
});

/** Text whose default is not a constant. */
export const derived = (value: Derived, description: string, check: Check<string>): Setting<string> => ({
  ...text("", description, check),
  derived: value,
});

/** A whole number. */
export const count = (value: number, description: string, check: Check<number>): Setting<number> => ({
  type: "integer",
  default: value,
  description,
  check,
});

/** True or false. */
export const flag = (value: boolean, description: string): Setting<boolean> => ({
  type: "boolean",
  default: value,
  description,
  check: () => undefined,
});

/** One of some words, the first by default. */
export const choice = <T extends string>(values: readonly [T, ...T[]], description: string): Setting<T> => ({
  type: "string",
  default: values[0],
  description,
  check: (value) => {
    if (values.includes(value)) return;
    refuse({ received: value, rule: `be one of ${values.join(", ")}`, remedy: `Set it to ${values[0]}, the default` });
  },
});

/** Where a manifest lies. */
export const manifest = (what: string, location: (versions: RoutePins) => string): Setting<string> =>
  derived(location, `Manifest of ${what}: URL or path. Empty: that of the pinned release.`, manifestLocation);

/** Values by name, empty by default. */
export const variables = (
  description: string,
  check: Check<SettingTypes["object"]>,
): Setting<SettingTypes["object"]> => ({ type: "object", default: {}, description, check });
