import * as z from "zod/mini";
import { isRecord } from "../../base/json";
import type { Cidr } from "../../network/cidr";
import type { RoutePins } from "../../versions/pins";
import { type Check, issuesOf, manifestLocation, orEmpty } from "./checks";

/** What a setting is, besides the type and the default that its schema gives. */
export interface SettingNotes {
  readonly description: string;
  /** What an empty text means. */
  readonly derived?: Derived;
  /** Whether no error may show the value. */
  readonly secret?: true;
  /** Words that an editor offers, although every other text is allowed too. */
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

/** Settings that others follow from; one that is wrong has no value. */
export interface EarlierSettings {
  readonly networkSubnet?: Cidr;
  readonly kubernetesVersion?: string;
}

/** A default that depends on pinned versions, or on settings above in the table. */
export type Derived = (versions: RoutePins, earlier: EarlierSettings) => string;

/**
 * A schema of values that may come as JSON: YAML gives typed values, and Pulumi gives a program texts (`"1"`, `"true"`).
 * A text that is not JSON of the type stays as it is, so that the error shows it.
 */
const orJson = <S extends Setting>(isOfType: (value: unknown) => boolean, schema: S) =>
  z.pipe(
    z.transform((given: unknown): unknown => {
      if (typeof given !== "string") return given;
      try {
        const value: unknown = JSON.parse(given);
        return isOfType(value) ? value : given;
      } catch {
        return given;
      }
    }),
    schema,
  );

const wholeNumber = (check: Check<number>) =>
  z.pipe(
    z.transform((given: unknown) => {
      const isNumber = typeof given === "string" && /^-?\d+$/.test(given) && Number.isSafeInteger(Number(given));
      return isNumber ? Number(given) : given;
    }),
    z.int({ abort: true }).check(check),
  );

/** A text that a check accepts. */
export const text = (
  value: string,
  description: string,
  check: Check<string>,
  more: Pick<SettingNotes, "examples"> = {},
) => z.prefault(z.string().check(check), value).register(notes, { description, ...more });

/** A text that has to be given: an absent one fails the check as an empty one does. */
export const requiredText = (description: string, check: Check<string>) =>
  z
    .pipe(
      z.transform((given: unknown) => (given === undefined ? "" : given)),
      z.string().check(check),
    )
    .register(notes, { description });

/** A text that is parsed once, here, and is a value from then on. */
export const parsed = <V>(value: string, description: string, parse: (text: string) => V) => {
  const parser = z.transform((given: string, { issues }): V => {
    try {
      return parse(given);
    } catch (error) {
      issues.push(...issuesOf(error));
      return z.NEVER;
    }
  });
  return z.prefault(z.pipe(z.string(), parser), value).register(notes, { description });
};

/** A text whose default is not a constant. */
export const derived = (value: Derived, description: string, ...checks: Check<string>[]) =>
  z.prefault(z.string().check(...checks.map(orEmpty)), "").register(notes, { description, derived: value });

/** A whole number. */
export const count = (value: number, description: string, check: Check<number>) =>
  z.prefault(wholeNumber(check), value).register(notes, { description });

/** A whole number that may be absent. */
export const optionalCount = (description: string, check: Check<number>) =>
  z.optional(wholeNumber(check)).register(notes, { description });

/** True or false. */
export const flag = (value: boolean, description: string) =>
  z
    .prefault(
      orJson((json) => typeof json === "boolean", z.boolean()),
      value,
    )
    .register(notes, { description });

/** One of some words, the first by default. */
export const choice = <const T extends string>(words: readonly [T, ...T[]], description: string) =>
  z.prefault(z.enum(words), words[0]).register(notes, { description });

/** One of some words. Empty means the first, unless routeDefaults.ts fills in another for the source route. */
export const choiceOfRoute = <const T extends string>(words: readonly [T, ...T[]], description: string) => {
  const known: readonly string[] = ["", ...words];
  // The enum before it lets no other word through.
  const toWord = z.transform((word: string) => (word === "" ? words[0] : (word as T)));
  const derived = (): T => words[0];
  return z.prefault(z.pipe(z.enum(known), toWord), "").register(notes, { description, derived });
};

/** Where a manifest is. */
export const manifest = (what: string, location: (versions: RoutePins) => string) =>
  derived(
    location,
    `Manifest of ${what}: URL or path. Empty: that of the pinned release; on the source route, the one that make tools builds.`,
    manifestLocation,
  );

/** Values by name, empty by default; numbers and booleans become texts. */
export const variables = (
  description: string,
  check: Check<Record<string, unknown>>,
  more: Pick<SettingNotes, "secret"> = {},
) => {
  const texts = z.transform((values: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
  );
  const map = z.pipe(z.record(z.string(), z.unknown()).check(check), texts);
  return z.prefault(orJson(isRecord, map), {}).register(notes, { description, ...more });
};

/** Texts by name, empty by default. Both checks run on every entry, so that one error has all problems. */
export const textMap = (description: string, key: Check<string>, value: Check<string>) => {
  const keys = z.check<Record<string, string>>(
    ({ value: map, issues }) => Object.keys(map).forEach((name) => void key({ value: name, issues })),
    { when: ({ value: map }) => isRecord(map) },
  );
  const map = z.record(z.string(), z.string().check(value)).check(keys);
  return z.prefault(orJson(isRecord, map), {}).register(notes, { description });
};

/** A map with known fields. */
export const mapOf = <T extends SettingTable>(fields: T) => orJson(isRecord, z.strictObject(fields));

/** A map whose fields the reader does not know yet. */
export const anyMap = orJson(isRecord, z.looseObject({}));

/** A list, empty by default. */
export const listOf = <S extends Setting>(item: S, description: string) =>
  z.prefault(orJson(Array.isArray, z.array(item)), []).register(notes, { description });

/** A list of texts, each of which a check accepts. */
export const texts = (description: string, check: Check<string>) => listOf(z.string().check(check), description);

/** Returns the schema that says a setting's type: without its default, and without what makes its value of a text. */
export const typeSchema = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (schema instanceof z.ZodMiniPrefault || schema instanceof z.ZodMiniOptional)
    return typeSchema(schema._zod.def.innerType);
  if (!(schema instanceof z.ZodMiniPipe)) return schema;
  const { in: first, out: second } = schema._zod.def;
  return typeSchema(first instanceof z.ZodMiniTransform ? second : first);
};

/** Returns the default of a setting as Pulumi.yaml gives it; undefined where there is none. */
export const defaultOf = (schema: z.core.$ZodType): unknown =>
  schema instanceof z.ZodMiniPrefault ? schema._zod.def.defaultValue : undefined;
