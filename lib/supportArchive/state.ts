/** A resource as `pulumi stack export` has it: of it only what names it and where it stands. */
interface Resource {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  external?: boolean;
  protect?: boolean;
  delete?: boolean;
  parent?: string;
  dependencies?: string[];
  deletedWith?: string;
  created?: string;
  modified?: string;
  initErrors?: string[];
}

/** A state with secrets, inputs and outputs. */
export interface WholeState {
  deployment: {
    manifest?: unknown;
    resources?: Resource[];
    pending_operations?: { type: string; resource: Resource }[];
  };
}

/** Fields of a resource that hold neither inputs nor outputs: these alone are told. */
const told: readonly (keyof Resource)[] = [
  "urn",
  "type",
  "id",
  "custom",
  "external",
  "protect",
  "delete",
  "parent",
  "dependencies",
  "deletedWith",
  "created",
  "modified",
  "initErrors",
];

const listed = (resource: Resource): object => Object.fromEntries(told.map((field) => [field, resource[field]]));

/** The resources of a state without their inputs and outputs, and what was under way. */
export const resourceList = ({ deployment }: WholeState): object => {
  const { manifest, resources = [], pending_operations: operations = [] } = deployment;
  return {
    manifest,
    resources: resources.map(listed),
    pending: operations.map(({ type, resource }) => ({ type, resource: listed(resource) })),
  };
};

/** Texts in what `pulumi config --json --show-secrets` prints that are secret there. */
export const secretTexts = (json: string): string[] => {
  const leaves = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
  };
  const config = JSON.parse(json) as Record<string, { secret?: boolean; value?: string; objectValue?: unknown }>;
  return Object.values(config)
    .filter(({ secret }) => secret === true)
    .flatMap(({ value, objectValue }) => leaves(objectValue ?? value));
};
