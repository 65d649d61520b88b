import * as z from "zod/mini";
import { isRecord } from "../../base/json";
import type { RoutePins } from "../../versions/pins";
import { type Check, issuesOf, manifestLocation, orEmpty } from "./checks";

/** Properties of a setting that its schema does not contain. */
export interface SettingNotes {
  readonly description: string;
  /** Returns the meaning of an empty string. */
  readonly derived?: Derived;
  /** Sensitive: no error shows the value. */
  readonly secret?: true;
  /** Values that an editor suggests. All other strings are allowed too. */
  readonly examples?: readonly string[];
}

/** The notes of every setting. */
export const notes = z.registry<SettingNotes>();

/** The schema of a setting, or of a field of a map. */
export type Setting = z.ZodMiniType;

/** Settings by name, in the order of the documentation. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** The values of a table, defaults filled in. */
export type ValuesOf<T extends SettingTable> = { readonly [K in keyof T]: z.output<T[K]> };

/** Settings from which later settings derive defaults. An invalid setting has no value. */
export interface EarlierSettings {
  readonly kubernetesVersion?: string;
}

/** A default that depends on pinned versions, or on settings above in the table. */
export type Derived = (versions: RoutePins, earlier: EarlierSettings) => string;

/**
 * Returns a schema of values that may also be JSON. YAML gives typed values, and Pulumi passes strings (`"1"`, `"true"`)
 * to a program. A string that is not JSON of the type stays unchanged, so that the error shows the string.
 */
const orJson = <S extends Setting>(isOfType: (value: unknown) => boolean, schema: S) =>
  z.pipe(
    z.transform((input: unknown): unknown => {
      if (typeof input !== "string") return input;
      try {
        const value: unknown = JSON.parse(input);
        return isOfType(value) ? value : input;
      } catch {
        return input;
      }
    }),
    schema,
  );

const integerSchema = (check: Check<number>) =>
  z.pipe(
    z.transform((input: unknown) => {
      const isNumber = typeof input === "string" && /^-?\d+$/.test(input) && Number.isSafeInteger(Number(input));
      return isNumber ? Number(input) : input;
    }),
    z.int({ abort: true }).check(check),
  );

/** Returns a setting whose value is a string that passes a check. */
export const string = (
  value: string,
  description: string,
  check: Check<string>,
  more: Pick<SettingNotes, "examples"> = {},
) => z.prefault(z.string().check(check), value).register(notes, { description, ...more });

/** Returns a required string. An absent value fails the check like an empty string. */
export const requiredString = (description: string, check: Check<string>) =>
  z
    .pipe(
      z.transform((input: unknown) => (input === undefined ? "" : input)),
      z.string().check(check),
    )
    .register(notes, { description });

/** Returns a setting that is a string in the stack file and a parsed value everywhere else. */
export const parsedString = <V>(value: string, description: string, parse: (text: string) => V) => {
  const parser = z.transform((input: string, { issues }): V => {
    try {
      return parse(input);
    } catch (error) {
      issues.push(...issuesOf(error));
      return z.NEVER;
    }
  });
  return z.prefault(z.pipe(z.string(), parser), value).register(notes, { description });
};

/** Returns a string setting whose default depends on other values. */
export const derivedString = (value: Derived, description: string, ...checks: Check<string>[]) =>
  z.prefault(z.string().check(...checks.map(orEmpty)), "").register(notes, { description, derived: value });

/** Returns an integer setting. */
export const integer = (value: number, description: string, check: Check<number>) =>
  z.prefault(integerSchema(check), value).register(notes, { description });

/** Returns an integer setting without a default. */
export const optionalInteger = (description: string, check: Check<number>) =>
  z.optional(integerSchema(check)).register(notes, { description });

/** Returns a required integer. An absent value has the wrong type. */
export const requiredInteger = (description: string, check: Check<number>) =>
  integerSchema(check).register(notes, { description });

/** Returns a setting that is true or false. */
export const boolean = (value: boolean, description: string) =>
  z
    .prefault(
      orJson((json) => typeof json === "boolean", z.boolean()),
      value,
    )
    .register(notes, { description });

/** Returns a setting with a fixed set of values. The default is the first value. */
export const oneOf = <const T extends string>(values: readonly [T, ...T[]], description: string) =>
  z.prefault(z.enum(values), values[0]).register(notes, { description });

/**
 * Returns a setting with a fixed set of values. An empty string means the first value, unless routeDefaults.ts sets
 * another value for the source route.
 */
export const oneOfByRoute = <const T extends string>(values: readonly [T, ...T[]], description: string) => {
  const accepted: readonly string[] = ["", ...values];
  // The enum accepts no other value, so the cast is safe.
  const fillDefault = z.transform((value: string) => (value === "" ? values[0] : (value as T)));
  const derived = (): T => values[0];
  return z.prefault(z.pipe(z.enum(accepted), fillDefault), "").register(notes, { description, derived });
};

/** Returns a setting with the location of a manifest. */
export const manifest = (subject: string, location: (versions: RoutePins) => string) =>
  derivedString(
    location,
    `Manifest of ${subject}: URL or path. Empty: the manifest of the pinned release, or on the source route the manifest that make tools builds.`,
    manifestLocation,
  );

/** Returns a map setting, empty by default. The map converts numbers and booleans to strings. */
export const map = (
  description: string,
  check: Check<Record<string, unknown>>,
  more: Pick<SettingNotes, "secret"> = {},
) => {
  const toStrings = z.transform((values: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
  );
  const schema = z.pipe(z.record(z.string(), z.unknown()).check(check), toStrings);
  return z.prefault(orJson(isRecord, schema), {}).register(notes, { description, ...more });
};

/** Returns a setting with strings by name, empty by default. Both checks run on every entry, for all problems at once. */
export const stringMap = (description: string, key: Check<string>, value: Check<string>) => {
  const keys = z.check<Record<string, string>>(
    ({ value: entries, issues }) => Object.keys(entries).forEach((name) => void key({ value: name, issues })),
    { when: ({ value: entries }) => isRecord(entries) },
  );
  const schema = z.record(z.string(), z.string().check(value)).check(keys);
  return z.prefault(orJson(isRecord, schema), {}).register(notes, { description });
};

/** Returns a map setting with values of any type, empty by default. */
export const anyValues = (description: string) =>
  z.prefault(orJson(isRecord, z.record(z.string(), z.unknown())), {}).register(notes, { description });

/** Returns a map with known fields. */
export const mapOf = <T extends SettingTable>(fields: T) => orJson(isRecord, z.strictObject(fields));

/** A map with any fields, for a reader that checks the fields later. */
export const anyMap = orJson(isRecord, z.looseObject({}));

/** Returns an optional map with any fields, which another program defines. */
export const optionalMap = (description: string) => z.optional(anyMap).register(notes, { description });

/** Returns a list, empty by default. */
export const listOf = <S extends Setting>(item: S, description: string) =>
  z.prefault(orJson(Array.isArray, z.array(item)), []).register(notes, { description });

/** Returns a list of strings that pass a check. */
export const strings = (description: string, check: Check<string>) => listOf(z.string().check(check), description);

/** Returns the schema with a setting's type: without the default and without the conversion of strings. */
export const typeSchema = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (schema instanceof z.ZodMiniPrefault || schema instanceof z.ZodMiniOptional)
    return typeSchema(schema._zod.def.innerType);
  if (!(schema instanceof z.ZodMiniPipe)) return schema;
  const { in: first, out: second } = schema._zod.def;
  return typeSchema(first instanceof z.ZodMiniTransform ? second : first);
};

/** Returns the default of a setting in Pulumi.yaml; undefined if the setting has no default. */
export const defaultOf = (schema: z.core.$ZodType): unknown =>
  schema instanceof z.ZodMiniPrefault ? schema._zod.def.defaultValue : undefined;
