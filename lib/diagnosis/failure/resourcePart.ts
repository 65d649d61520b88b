import { nameOf, partsOf } from "../../base/urn";

/** The types of a resource's parents and its own, outermost first. */
const typesOf = (urn: string): string[] => {
  const { ancestors, type } = partsOf(urn);
  return [...ancestors, type];
};

/** What a user reads of a resource: its name; of the program itself and of a provider, what they are. */
export const resourceText = (urn: string): string => {
  const type = typesOf(urn).at(-1) ?? "";
  if (urn === "" || type === "pulumi:pulumi:Stack") return "the program";
  return type.startsWith("pulumi:providers:") ? `provider ${nameOf(urn)}` : nameOf(urn);
};

const workloadCluster = "slipway:index:WorkloadCluster";

/** Components of what goes into a workload cluster. */
const contents: readonly string[] = ["Application", "Cni", "ExtraManifests", "MetalLb"].map(
  (name) => `slipway:index:${name}`,
);

/** Steps of a workload cluster by the end of their names; the API answers only because machines were asked for. */
const afterMachines = /-(api|containers|kubeconfig|nodes|port)$/;

/** The workload cluster whose component a URN is. */
export const clusterOf = (urn: string): string | undefined =>
  typesOf(urn).join("$") === workloadCluster ? nameOf(urn) : undefined;

const nodeImage = "slipway:index:NodeImage";

/** Whether a URN is the component of a node image. */
export const isNodeImage = (urn: string): boolean => typesOf(urn).join("$") === nodeImage;

const isStepOf = (urn: string, clusters: readonly string[]): boolean =>
  clusters.some((cluster) => nameOf(urn).startsWith(`${cluster}-`)) && afterMachines.test(nameOf(urn));

/**
 * Whether a resource belongs to one workload cluster and not to all of them.
 *
 * @param images how many node images there are; all clusters may share one
 */
export const isOfOneCluster = (urn: string, clusters: readonly string[], images: number): boolean => {
  const [outermost = ""] = typesOf(urn);
  if (outermost === workloadCluster || contents.includes(outermost)) return true;
  return outermost === nodeImage ? images > 1 : isStepOf(urn, clusters);
};

/** Whether a step comes after its cluster's machines were asked for: from then on Cluster API makes the machines alone. */
export const isAfterMachines = (urn: string, clusters: readonly string[]): boolean => {
  const types = typesOf(urn);
  const [outermost = ""] = types;
  const isControlPlane = outermost === workloadCluster && /:\w*ControlPlane$/.test(types.at(-1) ?? "");
  return isControlPlane || contents.includes(outermost) || isStepOf(urn, clusters);
};

/** Whether a URN is of a group of resources, which does no work by itself. */
export const isComponent = (urn: string): boolean => {
  const type = typesOf(urn).at(-1) ?? "";
  return type.startsWith("slipway:index:") || type === "pulumi:pulumi:Stack";
};
