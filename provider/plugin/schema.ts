import { type Declared, isRequired, type Property, type PropertyType, type ResourceDeclaration } from "./property";
import type { PackageSchema } from "./reference";

/** What a package has besides its resources, in the words of Pulumi's schema. */
export interface PackageMeta {
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
  /** Names of the SDKs' packages and other options, by language. */
  readonly language: Readonly<Record<string, object>>;
}

type Json = Record<string, unknown>;

/** Returns the documentation of a property: its description, unit and default, and the effect of a change. */
export const documentation = (property: Property): string => {
  const { description, unit, replaces = false, default: value } = property;
  const meaning = typeof value === "object" ? value.means : value === undefined ? undefined : `\`${value}\``;
  return [
    description,
    ...(unit === undefined ? [] : [`Unit: ${unit}.`]),
    ...(meaning === undefined ? [] : [`Default: ${meaning}.`]),
    ...(replaces ? ["A change replaces the resource."] : []),
  ].join(" ");
};

/** Collects the named types of a package while its properties are described. */
class SchemaWriter {
  readonly types: Json = {};

  constructor(private readonly name: string) {}

  private reference(name: string, create: () => Json): Json {
    const token = `${this.name}:index:${name}`;
    this.types[token] ??= create();
    return { $ref: `#/types/${token}` };
  }

  typeSpec(type: PropertyType): Json {
    switch (type.is) {
      case "string":
      case "integer":
      case "boolean":
        return { type: type.is };
      case "list":
        return { type: "array", items: this.typeSpec(type.of) };
      case "map":
        return { type: "object", additionalProperties: this.typeSpec(type.of) };
      case "choice":
        return this.reference(type.name, () => ({
          type: "string",
          description: type.description,
          enum: Object.entries(type.values).map(([value, description]) => ({
            ...constantName(value),
            value,
            description,
          })),
        }));
      case "object":
        return this.reference(type.name, () => ({
          type: "object",
          description: type.description,
          properties: this.propertySpecs(type.fields),
          required: requiredNames(type.fields),
        }));
    }
  }

  /** @param hasDefaults - whether the SDKs set the literal defaults, as they do for inputs */
  propertySpecs(declared: Declared, hasDefaults = true): Json {
    return Object.fromEntries(
      Object.entries(declared).map(([name, property]) => {
        const { default: value, replaces = false } = property;
        const spec = { ...this.typeSpec(property.type), description: documentation(property) };
        const isLiteral = hasDefaults && value !== undefined && typeof value !== "object";
        // Python's SDK would assign the text of a choice to its enumeration, which type checkers refuse.
        const literal = isLiteral && property.type.is !== "choice" ? { default: value } : {};
        return [name, { ...spec, ...literal, ...(replaces ? { willReplaceOnChanges: true } : {}) }];
      }),
    );
  }

  resourceSpec({ description, inputs, outputs }: ResourceDeclaration): Json {
    return {
      description,
      inputProperties: this.propertySpecs(inputs),
      requiredInputs: requiredNames(inputs),
      properties: this.propertySpecs({ ...inputs, ...outputs }, false),
      required: requiredNames({ ...inputs, ...outputs }),
    };
  }
}

/** Returns the name of a value in the SDKs, if the value is not an identifier: `ControlPlane` for `control-plane`. */
const constantName = (value: string): { name?: string } => {
  const words = value.split("-");
  return words.length === 1 ? {} : { name: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("") };
};

const requiredNames = (declared: Declared): string[] =>
  Object.entries(declared)
    .filter(([, property]) => isRequired(property))
    .map(([name]) => name);

/** Returns Pulumi's schema of a package with these resources by token, from which SDKs are generated. */
export const schemaOf = (
  meta: PackageMeta,
  resources: Readonly<Record<string, ResourceDeclaration>>,
): PackageSchema & Json => {
  const writer = new SchemaWriter(meta.name);
  const described = Object.entries(resources).map(([token, declaration]) => [token, writer.resourceSpec(declaration)]);
  return {
    ...meta,
    provider: { description: `Provider of the package ${meta.name}. It needs no configuration.` },
    types: writer.types as NonNullable<PackageSchema["types"]>,
    resources: Object.fromEntries(described) as PackageSchema["resources"],
  };
};
