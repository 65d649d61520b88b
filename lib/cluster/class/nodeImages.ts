import { listAt, valueAt } from "../../base/json";
import type { KubernetesObject } from "../../kubernetes/object";
import type { BuiltIn } from "../spec";
import type { ClassObjects } from "./classObjects";
import { classList, classVariables, type TemplateRole, templateRoles } from "./classSpec";

/** Name of the variable with a cluster's node images, and of the patch that reads it. */
export const nodeImageVariable = "slipwayNodeImages";

/** Paths of the node image in the machine templates of Cluster API's Docker provider, by kind. */
const imagePaths: Readonly<Record<string, readonly string[]>> = {
  DevMachineTemplate: ["backend", "docker", "customImage"],
  DevMachinePoolTemplate: ["backend", "docker", "customImage"],
  DockerMachineTemplate: ["customImage"],
  DockerMachinePoolTemplate: ["template", "customImage"],
};

const templateSpec = ["spec", "template", "spec"] as const;

/** Returns whether Cluster API would take kindest/node of the machine's version, as it does without an image. */
const isStockImage = (image: unknown): boolean =>
  typeof image === "string" && /^\s*(docker\.io\/)?kindest\/node:\{\{.*\bversion\b.*\}\}\s*$/s.test(image);

/** Returns the templates of machines in containers: their role, and the fields of their node image. */
const dockerMachines = ({ clusterClass, templates }: ClassObjects): { role: TemplateRole; path: readonly string[] }[] =>
  templateRoles(clusterClass).flatMap((role) => {
    const path = imagePaths[role.kind];
    if (path === undefined || role.machines === undefined) return [];
    const template = templates.find(({ kind, metadata }) => kind === role.kind && metadata.name === role.name);
    // A patch can only add a field to a map that exists.
    const parent = valueAt(template, ...templateSpec, ...path.slice(0, -1));
    return parent === undefined || parent === null ? [] : [{ role, path }];
  });

/** Returns the node images that a class states itself, other than the image that Cluster API chooses anyway. */
export const statedNodeImages = (objects: ClassObjects): string[] => {
  const inTemplates = dockerMachines(objects).flatMap(({ role, path }) => {
    const template = objects.templates.find(({ kind, metadata }) => kind === role.kind && metadata.name === role.name);
    return valueAt(template, ...templateSpec, ...path) ?? [];
  });
  const inPatches = classList(objects.clusterClass, "patches").flatMap((patch) =>
    listAt(patch, "definitions")
      .flatMap((definition) => listAt(definition, "jsonPatches"))
      .filter((change) => String(valueAt(change, "path")).endsWith("/customImage"))
      .map((change) => valueAt(change, "value") ?? valueAt(change, "valueFrom", "template") ?? "a variable"),
  );
  return [...inTemplates, ...inPatches].filter((image) => !isStockImage(image)).map(String);
};

/** Returns the version of a machine in the templates of Cluster API's patches. */
const versionOf = (machines: NonNullable<TemplateRole["machines"]>): string => {
  const owner =
    "controlPlane" in machines ? "controlPlane" : "machinePoolClass" in machines ? "machinePool" : "machineDeployment";
  return `.builtin.${owner}.version`;
};

/** Returns the selector of a patch for a template of machines. */
const matchResources = (machines: NonNullable<TemplateRole["machines"]>): object => {
  if ("controlPlane" in machines) return { controlPlane: true };
  return "machinePoolClass" in machines
    ? { machinePoolClass: { names: [machines.machinePoolClass] } }
    : { machineDeploymentClass: { names: [machines.machineDeploymentClass] } };
};

/** Returns whether a class reads node images from Slipway's variable. */
export const takesNodeImages = (clusterClass: KubernetesObject): boolean =>
  classVariables(clusterClass).some(({ name }) => name === nodeImageVariable);

/**
 * Adds a variable with node images by Kubernetes version, and a last patch that gives these images to machines. A cluster
 * without the variable has the images of the class. A version without an image has the image that Cluster API chooses.
 * Returns undefined for a class without machines in containers, and for a class that states other node images.
 */
export const withNodeImages = (objects: ClassObjects): ClassObjects | undefined => {
  const { clusterClass } = objects;
  const machines = dockerMachines(objects);
  if (machines.length === 0 || statedNodeImages(objects).length > 0 || takesNodeImages(clusterClass)) return undefined;
  const definitions = machines.map(({ role: { apiVersion, kind, machines: selected }, path }) => {
    const version = versionOf(selected!);
    const template = `{{ with index .${nodeImageVariable} ${version} }}{{ . }}{{ else }}kindest/node:{{ ${version} | replace "+" "_" }}{{ end }}`;
    return {
      selector: { apiVersion, kind, matchResources: matchResources(selected!) },
      jsonPatches: [{ op: "add", path: `/${[...templateSpec, ...path].join("/")}`, valueFrom: { template } }],
    };
  });
  const patch = {
    name: nodeImageVariable,
    description: "Gives machines the node images that Slipway builds, which contain images that nodes cannot pull.",
    enabledIf: `{{ if .${nodeImageVariable} }}true{{ end }}`,
    definitions,
  };
  const variable = {
    name: nodeImageVariable,
    required: false,
    schema: {
      openAPIV3Schema: {
        type: "object",
        description: "Node images by Kubernetes version.",
        additionalProperties: { type: "string" },
      },
    },
  };
  const spec = clusterClass["spec"] as object;
  return {
    ...objects,
    clusterClass: {
      ...clusterClass,
      spec: {
        ...spec,
        variables: [...classList(clusterClass, "variables"), variable],
        patches: [...classList(clusterClass, "patches"), patch],
      },
    },
  };
};

/** The node images and versions of a running cluster. */
export interface RunningImages {
  /** Node images by version. */
  readonly images: Readonly<Record<string, string>>;
  /** Versions of its machines; empty if they are unknown. */
  readonly versions: readonly string[];
}

/**
 * Returns a cluster's node images by version. Machines of an earlier version keep their image until their upgrade, so the
 * images of running versions stay until the next change of the version or the image.
 *
 * @param between - images of the versions that Cluster API upgrades the cluster through; default: none
 */
export const nodeImagesByVersion = (
  version: string,
  image: string,
  { images, versions }: RunningImages = { images: {}, versions: [] },
  between: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const kept = Object.entries(images).filter(
    ([other]) => other !== version && (versions.length === 0 || versions.includes(other)),
  );
  if (images[version] === image) return { ...images };
  const all = { ...Object.fromEntries(kept), ...between, [version]: image };
  return Object.fromEntries(Object.entries(all).sort(([one], [two]) => (one < two ? -1 : 1)));
};

/** Returns the backend of a class's machines, by its infrastructure template; undefined for other providers. */
export const classBackend = ({ clusterClass, templates }: ClassObjects): BuiltIn | undefined => {
  const role = templateRoles(clusterClass).find((one) => one.role === "infrastructure");
  if (role?.kind === "DockerClusterTemplate") return "docker";
  if (role?.kind !== "DevClusterTemplate") return undefined;
  const template = templates.find(({ kind, metadata }) => kind === role.kind && metadata.name === role.name);
  return valueAt(template, ...templateSpec, "backend", "inMemory") === undefined ? "docker" : "inMemory";
};

/** Returns the node image that Cluster API chooses for a version. */
export const stockNodeImage = (version: string): string => `kindest/node:${version.replace("+", "_")}`;
