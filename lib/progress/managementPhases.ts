import { nameOf } from "../base/urn";
import { isRunning as isPodRunning } from "../diagnosis/evidence";
import type { ApiObject } from "../diagnosis/facts";
import type { EngineWork, Work } from "./engineWork";
import type { Phase } from "./phase";

/** Parts of the management cluster that the settings decide. */
export interface ManagementTrack {
  name: string;
  /** False for a cluster that Slipway did not create. */
  isKind: boolean;
  installsProviders: boolean;
}

const isDone = ({ state }: Work): boolean => state === "done";

/** What is known about the management cluster. */
export interface ManagementFacts {
  work: EngineWork;
  /** Objects of a cluster that existed before the run; undefined for a cluster that the run creates. */
  existing: readonly ApiObject[] | undefined;
}

/** Returns true if pods of these namespaces exist, and all of them run. */
const podsRun = (objects: readonly ApiObject[] = [], namespaces: RegExp): boolean => {
  const pods = objects.filter(({ kind, metadata }) => kind === "Pod" && namespaces.test(metadata.namespace ?? ""));
  return pods.length > 0 && pods.every(isPodRunning);
};

const providerNamespaces = /^cap\w+-(?:[\w-]+-)?system$/;

/** Returns the controllers that start, such as `2 of 4 controllers run`. */
const controllersDetail = (work: EngineWork): string | undefined => {
  const deployments = work.childrenOf("ProviderInstall").filter(({ types }) => types.at(-1)?.endsWith(":Deployment"));
  const providers = deployments.filter(({ name }) => !name.startsWith("cert-manager/"));
  if (providers.length === 0) return undefined;
  return `${providers.filter(isDone).length} of ${providers.length} controllers run`;
};

/** Returns the phases of the management cluster, from its network to the controllers of Cluster API. */
export const managementPhases = (
  { name, isKind, installsProviders }: ManagementTrack,
  { work, existing }: ManagementFacts,
): Phase[] => {
  const of = (component: string, type: string): Work | undefined =>
    work.childrenOf(component).find(({ types }) => types.at(-1) === type);
  // The engine reaches most resources of a stack late and changes none of them.
  const phase = (title: string, resource: Work | undefined, exists: boolean, detail?: string): Phase => ({
    name: title,
    isDone: resource === undefined ? exists : isDone(resource),
    ...(detail === undefined ? {} : { detail }),
  });
  const answers = existing !== undefined;
  return [
    ...(isKind
      ? [
          phase("network", of("DockerNetwork", "docker:index/network:Network"), answers),
          phase("kind cluster", of("ManagementCluster", "kind:index:KindCluster"), answers),
          phase("node", work.step(`${name}-ready`), answers),
        ]
      : [phase("API", work.step(`${name}-kubeconfig`), answers)]),
    ...(installsProviders
      ? [
          phase("cert-manager", work.step("cert-manager-webhook"), podsRun(existing, /^cert-manager$/)),
          phase(
            "Cluster API",
            work.step("cluster-api-webhooks"),
            podsRun(existing, providerNamespaces),
            controllersDetail(work),
          ),
        ]
      : []),
  ];
};

/** Components that build or load images, with the name of their phase. */
const imageComponents: readonly [string, (name: string) => string][] = [
  ["NodeImage", (name) => `node image ${name.replace(/^node-/, "").replace(/-[0-9a-f]{6,}$/, "")}`],
  ["CapdImage", () => "image of the Docker provider"],
  ["ImageLoad", () => "images in the management node"],
];

/** Returns the phases of the images of a run; none if the engine changes no image. */
export const imagePhases = (work: EngineWork): Phase[] => {
  const isChanged = imageComponents.some(([component]) => work.childrenOf(component).some(({ isChange }) => isChange));
  return isChanged ? imageComponents.flatMap((component) => phasesOf(work, component)) : [];
};

const phasesOf = (work: EngineWork, [component, title]: (typeof imageComponents)[number]): Phase[] => {
  const components = work.where(({ types }) => types.join() === `slipway:index:${component}`);
  const children = work.childrenOf(component);
  // The image of the Docker provider may need no work of its own.
  if (component === "CapdImage" && children.length === 0) return [];
  return components.map(({ name }): Phase => {
    const images = component === "NodeImage" ? children.filter((child) => child.name === name) : children;
    return { name: title(name), isDone: images.length > 0 && images.every(isDone) };
  });
};

/** Returns true for the event with which the engine starts to create the management cluster. */
export const createsManagement = ({ kind, urn = "", op }: { kind: string; urn?: string; op?: string }): boolean =>
  kind === "begins" && op === "create" && nameOf(urn) === "management-kind";
