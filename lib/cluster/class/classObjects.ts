import { shortChecksum } from "../../base/checksum";
import { type Problem, ProblemError } from "../../base/problem";
import { identityOf, type PlacedObject, uniqueObjects } from "../../kubernetes/identity";
import { groupOf, type KubernetesObject, objectKey } from "../../kubernetes/object";
import { toYaml } from "../../kubernetes/yaml";
import { referencesIn, renameReferences } from "../template/nodes";

/** A ClusterClass with its templates. Clusters of one namespace share it. */
export interface ClassObjects {
  /** The ClusterClass. */
  clusterClass: KubernetesObject;
  /** Templates that the class refers to. */
  templates: KubernetesObject[];
  /** Other objects of the file, such as identities that templates refer to. */
  supporting: KubernetesObject[];
}

/** Returns whether an object is a ClusterClass of Cluster API. */
export const isClusterClass = (object: KubernetesObject): boolean =>
  object.kind === "ClusterClass" && groupOf(object) === "cluster.x-k8s.io";

/** Returns whether an object is a Cluster of Cluster API. */
export const isCluster = (object: KubernetesObject): boolean =>
  object.kind === "Cluster" && groupOf(object) === "cluster.x-k8s.io";

/** Returns the templates that a class refers to. Patches and variables have no references. */
const templateReferences = ({ spec }: KubernetesObject): { kind: string; name: string }[] => {
  const { infrastructure, controlPlane, workers } = (spec ?? {}) as Record<string, unknown>;
  return referencesIn([infrastructure, controlPlane, workers]);
};

/** Where the objects of a class come from, for errors. */
export interface ClassSource {
  /** Place of the objects, such as `class classes/quick-start.yaml`. */
  readonly source: string;
  /** Namespace of the clusters with the class. */
  readonly namespace: string;
}

/**
 * Returns the class of a file. Every object gets the namespace of the clusters, and templates are named by their content,
 * because Cluster API does not let a template change.
 *
 * @throws ProblemError if the file does not have exactly one class, if a template is missing, or if an object states
 * another namespace
 */
export const classOfFile = (placed: readonly PlacedObject[], at: ClassSource): ClassObjects => {
  const classes = placed.filter(({ object }) => isClusterClass(object));
  const [main] = classes;
  if (main === undefined || classes.length > 1) {
    const names = classes.map(({ object }) => object.metadata.name);
    const remedy = "Name a file with one class, or write each class into a file of its own";
    throw new ProblemError([{ key: at.source, received: names, rule: "one ClusterClass of cluster.x-k8s.io", remedy }]);
  }
  return classWith(main.object, placed, at);
};

/**
 * Returns one class among objects.
 *
 * @throws ProblemError as classOfFile does
 */
export const classWith = (
  clusterClass: KubernetesObject,
  placed: readonly PlacedObject[],
  at: ClassSource,
): ClassObjects => {
  const unique = uniqueObjects(placed);
  const objects = unique.objects.map(({ object }) => object);
  const templates = templateReferences(clusterClass).map((reference) => ({
    reference,
    object: objects.find(({ kind, metadata }) => kind === reference.kind && metadata.name === reference.name),
  }));
  const problems: Problem[] = [
    ...unique.problems,
    ...objects.flatMap((object) => namespaceProblems(object, at)),
    ...objects.filter(isCluster).map((object) => clusterInFile(object, at)),
    ...[...new Set(templates.filter(({ object }) => !object).map(({ reference: { kind, name } }) => `${kind} ${name}`))]
      .sort()
      .map((missing) => missingTemplate(clusterClass, missing, at)),
  ];
  if (problems.length > 0) throw new ProblemError(problems);
  const used = [...new Set(templates.flatMap(({ object }) => object ?? []))];
  const place = (object: KubernetesObject): KubernetesObject => inNamespace(object, at.namespace);
  const supporting = objects.filter((object) => object !== clusterClass && !used.includes(object));
  return namedByContent({
    clusterClass: place(clusterClass),
    templates: used.map(place),
    supporting: supporting.map(place),
  });
};

const inNamespace = (object: KubernetesObject, namespace: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

const namespaceProblems = (object: KubernetesObject, { source, namespace }: ClassSource): Problem[] => {
  const stated = object.metadata.namespace;
  if (stated === undefined || stated === namespace) return [];
  const rule = `${namespace}, the namespace of the clusters with this class`;
  const remedy = "Remove the namespace from the object, or set the cluster's namespace to it";
  return [{ key: `namespace of ${objectKey(object)} in ${source}`, received: stated, rule, remedy }];
};

const clusterInFile = (object: KubernetesObject, { source }: ClassSource): Problem => ({
  key: source,
  rule: "a class without clusters, because the settings define the clusters",
  got: objectKey(object),
  remedy: "Remove the Cluster from the file, or set template to the file",
});

const missingTemplate = (
  { metadata: { name } }: KubernetesObject,
  missing: string,
  { source }: ClassSource,
): Problem => ({
  key: source,
  rule: `every template of the ClusterClass ${name}`,
  got: `no ${missing}`,
  remedy: "Add the template to the file, or correct the reference in the class",
});

/** Returns eight hexadecimal digits that depend only on the content. */
const checksum = (content: object): string => shortChecksum(toYaml(content));

/**
 * Appends the class's name and a checksum of the content to the name of each template, and updates the references of the
 * class. Cluster API does not let a template change, and two classes may come from files with equal templates.
 */
const namedByContent = ({ clusterClass, templates, supporting }: ClassObjects): ClassObjects => {
  const keyOf = (kind: string, name: string): string => `${kind}/${name}`;
  const className = clusterClass.metadata.name;
  const names = new Map(
    templates.map(({ kind, metadata, ...content }) => {
      const { name, ...rest } = metadata;
      return [keyOf(kind, name), `${name}-${className}-${checksum({ kind, metadata: rest, ...content })}`] as const;
    }),
  );
  const { infrastructure, controlPlane, workers, ...rest } = clusterClass["spec"] as Record<string, unknown>;
  const parts = Object.entries({ infrastructure, controlPlane, workers }).filter(([, part]) => part !== undefined);
  return {
    clusterClass: {
      ...clusterClass,
      spec: { ...(renameReferences(Object.fromEntries(parts), names) as object), ...rest },
    },
    templates: templates.map((template) => ({
      ...template,
      metadata: { ...template.metadata, name: names.get(keyOf(template.kind, template.metadata.name))! },
    })),
    supporting,
  };
};

/** Returns a checksum that changes with every change of a class or its templates. */
export const classChecksum = ({ clusterClass, templates }: ClassObjects): string =>
  checksum([clusterClass, ...[...templates].sort((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1))]);

/** Returns `namespace/name` of a class. */
export const classKey = ({ metadata: { namespace = "default", name } }: KubernetesObject): string =>
  `${namespace}/${name}`;

/** Returns true if a setting `class` is the location of a file, and not the name of a class. */
export const isClassFile = (source: string): boolean => source.includes("/") || /\.(ya?ml|json)$/i.test(source);
