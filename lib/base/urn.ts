/** The parts of the URN of a Pulumi resource: `urn:pulumi:STACK::PROJECT::TYPE$TYPE::NAME`. */
export interface UrnParts {
  type: string;
  name: string;
  /** Types of the components around the resource, outermost first. */
  ancestors: string[];
}

/** Splits a URN into its parts. A name may hold `::`. */
export const partsOf = (urn: string): UrnParts => {
  const [, , types = "", ...name] = urn.split("::");
  const chain = types.split("$");
  return { type: chain.at(-1) ?? "", name: name.join("::"), ancestors: chain.slice(0, -1) };
};

/** The type of a resource, by its URN. */
export const typeOf = (urn: string): string => partsOf(urn).type;

/** The name of a resource, by its URN. */
export const nameOf = (urn: string): string => partsOf(urn).name;

/** The kind of a Kubernetes object, or the last word of another type. */
export const kindOf = (urn: string): string => typeOf(urn).split(/[:/]/).at(-1) ?? "";

/** The URN in a resource's reference to its provider, which is the URN, `::` and an id. */
export const providerUrn = (provider: string): string => provider.split("::").slice(0, -1).join("::");
