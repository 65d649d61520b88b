import { isRecord, listAt, valueAt } from "../../base/json";
import type { CrdSchema } from "../../kubernetes/crdSchema";
import type { KubernetesObject } from "../../kubernetes/object";
import { parseVersion, sortVersions } from "../../versions/semver";

/** A variable of a class, with the schema of its values. */
export interface ClassVariable {
  name: string;
  /** True if each cluster needs a value. A default is a value too. */
  required: boolean;
  schema: CrdSchema;
}

const schemaOf = (definition: unknown): CrdSchema => {
  const schema = valueAt(definition, "schema", "openAPIV3Schema");
  return isRecord(schema) ? schema : {};
};

/** Returns the variables that a class defines itself, and those that Cluster API found in its extensions. */
export const classVariables = (clusterClass: KubernetesObject): ClassVariable[] => {
  const inline = listAt(clusterClass, "spec", "variables").map((variable): ClassVariable => ({
    name: String(valueAt(variable, "name")),
    required: valueAt(variable, "required") === true,
    schema: schemaOf(variable),
  }));
  const discovered = listAt(clusterClass, "status", "variables").flatMap((variable): ClassVariable[] => {
    const name = String(valueAt(variable, "name"));
    const [definition] = listAt(variable, "definitions");
    return inline.some((one) => one.name === name)
      ? []
      : [{ name, required: valueAt(definition, "required") === true, schema: schemaOf(definition) }];
  });
  return [...inline, ...discovered];
};

/** Returns true if an extension adds variables, which are unknown before Cluster API has the class. */
export const hasExternalVariables = (clusterClass: KubernetesObject): boolean =>
  listAt(clusterClass, "spec", "patches").some(
    (patch) => valueAt(patch, "external", "discoverVariablesExtension") !== undefined,
  ) && listAt(clusterClass, "status", "variables").length === 0;

/** Returns the names of a class's worker classes for MachineDeployments. */
export const workerClasses = (clusterClass: KubernetesObject): string[] =>
  listAt(clusterClass, "spec", "workers", "machineDeployments").map((one) => String(valueAt(one, "class")));

/** Returns the Kubernetes versions that a class lists, through which Cluster API upgrades step by step. */
export const kubernetesVersions = (clusterClass: KubernetesObject): string[] =>
  listAt(clusterClass, "spec", "kubernetesVersions").map(String);

/**
 * Returns the versions that Cluster API upgrades a cluster through: the last version that the class lists for each minor
 * version between two versions.
 */
export const versionsBetween = (listed: readonly string[], from: string, to: string): string[] => {
  const [first, last] = [parseVersion(from), parseVersion(to)];
  const byMinor = new Map<number, string>();
  for (const version of sortVersions(listed)) {
    const { major, minor } = parseVersion(version);
    if (major === first.major && minor > first.minor && minor < last.minor) byMinor.set(minor, version);
  }
  return [...byMinor.values()];
};

/** A reference to a template, by its role in the class. */
export interface TemplateRole {
  /** Path in the class, such as `workers.machineDeployments[default-worker].infrastructure`. */
  role: string;
  apiVersion: string;
  kind: string;
  name: string;
  /** Selects the template in a patch of the class. Absent for templates that no machine is made from. */
  machines?: { controlPlane: true } | { machineDeploymentClass: string } | { machinePoolClass: string };
}

/** Returns the reference in a part of a class: `templateRef` of v1beta2, or `ref` of v1beta1. */
const referenceIn = (part: unknown): Pick<TemplateRole, "apiVersion" | "kind" | "name"> | undefined => {
  const reference = valueAt(part, "templateRef") ?? valueAt(part, "ref");
  const [apiVersion, kind, name] = ["apiVersion", "kind", "name"].map((key) => valueAt(reference, key));
  return typeof kind === "string" ? { apiVersion: String(apiVersion), kind, name: String(name) } : undefined;
};

/** Returns the templates of a class by their roles. */
export const templateRoles = ({ spec }: KubernetesObject): TemplateRole[] => {
  const role = (text: string, part: unknown, machines?: TemplateRole["machines"]): TemplateRole[] => {
    const reference = referenceIn(part);
    return reference ? [{ role: text, ...reference, ...(machines ? { machines } : {}) }] : [];
  };
  const workers = (kind: "machineDeployments" | "machinePools"): TemplateRole[] =>
    listAt(spec, "workers", kind).flatMap((worker) => {
      const name = String(valueAt(worker, "class"));
      const place = valueAt(worker, "template") ?? worker;
      const selector = kind === "machineDeployments" ? { machineDeploymentClass: name } : { machinePoolClass: name };
      return [
        ...role(`workers.${kind}[${name}].bootstrap`, valueAt(place, "bootstrap")),
        ...role(`workers.${kind}[${name}].infrastructure`, valueAt(place, "infrastructure"), selector),
      ];
    });
  const machines = valueAt(spec, "controlPlane", "machineInfrastructure");
  return [
    ...role("infrastructure", valueAt(spec, "infrastructure")),
    ...role("controlPlane", valueAt(spec, "controlPlane")),
    ...role("controlPlane.machineInfrastructure", machines, { controlPlane: true }),
    ...workers("machineDeployments"),
    ...workers("machinePools"),
  ];
};

/** Returns the entries of a list in a class's spec. */
export const classList = (clusterClass: KubernetesObject, ...path: readonly string[]): readonly unknown[] =>
  listAt(clusterClass, "spec", ...path);
