/** Parts of the URN of a Pulumi resource: `urn:pulumi:STACK::PROJECT::TYPE$TYPE::NAME`. */
export interface UrnParts {
  type: string;
  name: string;
  /** Types of the components around the resource, outermost first. */
  ancestors: string[];
}

/** Splits a URN into its parts. A name may contain `::`. */
export const partsOf = (urn: string): UrnParts => {
  const [, , types = "", ...name] = urn.split("::");
  const chain = types.split("$");
  return { type: chain.at(-1) ?? "", name: name.join("::"), ancestors: chain.slice(0, -1) };
};

/** Returns the type of a resource. */
export const typeOf = (urn: string): string => partsOf(urn).type;

/** Returns the name of a resource. */
export const nameOf = (urn: string): string => partsOf(urn).name;

/** Returns the kind of a Kubernetes object, or the last word of another type. */
export const kindOf = (urn: string): string => typeOf(urn).split(/[:/]/).at(-1) ?? "";

/** Returns the URN in a resource's provider reference, which consists of the URN, `::` and an id. */
export const providerUrn = (provider: string): string => provider.split("::").slice(0, -1).join("::");
