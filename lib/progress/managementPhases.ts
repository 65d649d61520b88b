import { nameOf } from "../base/urn";
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

/** Returns a phase that is done with a step of this name. */
const stepPhase = (work: EngineWork, name: string, step: string, detail?: string): Phase => ({
  name,
  isDone: work.step(step)?.state === "done",
  ...(detail === undefined ? {} : { detail }),
});

/** Returns the controllers that start, such as `2 of 4 controllers run`. */
const controllersDetail = (work: EngineWork): string | undefined => {
  const deployments = work.inside("ProviderInstall").filter(({ types }) => types.at(-1)?.endsWith(":Deployment"));
  const providers = deployments.filter(({ name }) => !name.startsWith("cert-manager/"));
  if (providers.length === 0) return undefined;
  return `${providers.filter(isDone).length} of ${providers.length} controllers run`;
};

/** Returns the phases of the management cluster, from its network to the controllers of Cluster API. */
export const managementPhases = ({ name, isKind, installsProviders }: ManagementTrack, work: EngineWork): Phase[] => {
  const of = (component: string, type: string): Work[] =>
    work.inside(component).filter(({ types }) => types.at(-1) === type);
  const allDone = (list: readonly Work[]): boolean => list.length > 0 && list.every(isDone);
  const controllers = controllersDetail(work);
  return [
    ...(isKind
      ? [
          { name: "network", isDone: allDone(of("DockerNetwork", "docker:index/network:Network")) },
          { name: "kind cluster", isDone: allDone(of("ManagementCluster", "kind:index:KindCluster")) },
          stepPhase(work, "node", `${name}-ready`),
        ]
      : [stepPhase(work, "API", `${name}-kubeconfig`)]),
    ...(installsProviders
      ? [
          stepPhase(work, "cert-manager", "cert-manager-webhook"),
          stepPhase(work, "Cluster API", "cluster-api-webhooks", controllers),
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

/** Returns the phases of the images of a run; none before the engine works on images. */
export const imagePhases = (work: EngineWork): Phase[] =>
  imageComponents.flatMap(([component, title]) => {
    const components = work.where(({ types }) => types.join() === `slipway:index:${component}`);
    const children = work.inside(component);
    // The image of the Docker provider may need no work of its own.
    if (component === "CapdImage" && children.length === 0) return [];
    return components.map(({ name }): Phase => {
      const own = component === "NodeImage" ? children.filter((child) => child.name === name) : children;
      return { name: title(name), isDone: own.length > 0 && own.every(isDone) };
    });
  });

/** Returns true for the event with which the engine starts to create the management cluster. */
export const createsManagement = ({ kind, urn = "", op }: { kind: string; urn?: string; op?: string }): boolean =>
  kind === "begins" && op === "create" && nameOf(urn) === "management-kind";
