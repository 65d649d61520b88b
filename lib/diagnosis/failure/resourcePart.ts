import { workloadComponent } from "../../base/stackParts";
import { nameOf, partsOf } from "../../base/urn";

/** Returns the types of a resource's parents and its own type, outermost first. */
const typesOf = (urn: string): string[] => {
  const { ancestors, type } = partsOf(urn);
  return [...ancestors, type];
};

/** Returns a resource's name for users. The program and providers get a description instead. */
export const resourceText = (urn: string): string => {
  const type = typesOf(urn).at(-1) ?? "";
  if (urn === "" || type === "pulumi:pulumi:Stack") return "the program";
  return type.startsWith("pulumi:providers:") ? `provider ${nameOf(urn)}` : nameOf(urn);
};

/** Components inside a workload cluster. */
const contents: readonly string[] = ["Application", "Cni", "ExtraManifests", "MetalLb"].map(
  (name) => `slipway:index:${name}`,
);

/** Suffixes of a workload cluster's steps after the creation of machines. The API answers only if machines exist. */
const afterMachines = /-(api|containers|kubeconfig|nodes|port)$/;

/** Returns the name of the workload cluster whose component has this URN; undefined for any other URN. */
export const clusterOf = (urn: string): string | undefined =>
  typesOf(urn).join("$") === workloadComponent ? nameOf(urn) : undefined;

const nodeImage = "slipway:index:NodeImage";

/** Returns true for the component of a node image. */
export const isNodeImage = (urn: string): boolean => typesOf(urn).join("$") === nodeImage;

const isStepOf = (urn: string, clusters: readonly string[]): boolean =>
  clusters.some((cluster) => nameOf(urn).startsWith(`${cluster}-`)) && afterMachines.test(nameOf(urn));

/**
 * Returns true for a resource that belongs to one workload cluster.
 *
 * @param images - number of node images; all clusters may share one image
 */
export const isOfOneCluster = (urn: string, clusters: readonly string[], images: number): boolean => {
  const [outermost = ""] = typesOf(urn);
  if (outermost === workloadComponent || contents.includes(outermost)) return true;
  return outermost === nodeImage ? images > 1 : isStepOf(urn, clusters);
};

/**
 * Returns true for a step after the creation of its cluster's machines. From then on Cluster API works without the
 * program.
 */
export const isAfterMachines = (urn: string, clusters: readonly string[]): boolean => {
  const types = typesOf(urn);
  const [outermost = ""] = types;
  const isControlPlane = outermost === workloadComponent && /:\w*ControlPlane$/.test(types.at(-1) ?? "");
  return isControlPlane || contents.includes(outermost) || isStepOf(urn, clusters);
};

/** Returns true for a component, which is a group of resources and does no work itself. */
export const isComponent = (urn: string): boolean => {
  const type = typesOf(urn).at(-1) ?? "";
  return type.startsWith("slipway:index:") || type === "pulumi:pulumi:Stack";
};
