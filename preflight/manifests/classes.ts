import { ownerLabel } from "../../lib/base/labels";
import { type Problem, ProblemError, problemsOf } from "../../lib/base/problem";
import { nearest } from "../../lib/base/suggest";
import { allOf } from "../../lib/base/settleAll";
import { classKey, classOfFile, type ClassObjects, isClassFile } from "../../lib/cluster/class/classObjects";
import { renderPlaced } from "../../lib/cluster/template/render";
import { isEqualObject, type PlacedObject } from "../../lib/kubernetes/identity";
import { type KubernetesObject, objectKey, withAnnotations } from "../../lib/kubernetes/object";
import type { Settings } from "../../lib/settings/types";
import { findObject, type LiveTopology } from "../management/topology";
import { loadManifest, manifestStore } from "./store";

/** The class of a cluster. */
export interface ClusterClassUse {
  readonly clusterClass: KubernetesObject;
  /** True if the stack creates the class. */
  readonly isCreated: boolean;
}

/** The classes of a stack. */
export interface StackClasses {
  /** Classes that the stack creates, by `namespace/name`. */
  readonly created: ReadonlyMap<string, ClassObjects>;
  /** Classes by the names of the clusters that have them. */
  readonly uses: ReadonlyMap<string, ClusterClassUse>;
  readonly problems: readonly Problem[];
}

/** A cluster whose machines a class defines. */
export interface ClassRequest {
  readonly name: string;
  readonly namespace: string;
  /** The setting `class`: location of a file, or name of a class. */
  readonly source?: string;
  /** Name of the class in the cluster's template; absent for a cluster without a template. */
  readonly className?: string;
  /** The class in the cluster's template. */
  readonly inTemplate?: ClassObjects;
}

/**
 * Reads the files with classes that clusters name.
 *
 * @throws ProblemError with the problems of all files
 */
export const readClassFiles = async ({
  clusters,
  templateSecrets: secrets,
}: Pick<Settings, "clusters" | "templateSecrets">): Promise<Readonly<Record<string, readonly PlacedObject[]>>> => {
  const files = clusters.flatMap(({ class: one }) => (one && isClassFile(one.source) ? [one.source] : []));
  const store = manifestStore("class");
  const texts = await allOf(
    [...new Set(files)].map(async (file) => [file, (await loadManifest(file, store)).text] as const),
  );
  const objects: Record<string, readonly PlacedObject[]> = {};
  const problems = texts.flatMap(([file, text]) =>
    problemsOf(() => {
      objects[file] = renderPlaced(text, `class ${file}`, { variables: {}, secrets, setting: "templateSecrets" });
    }),
  );
  if (problems.length > 0) throw new ProblemError(problems);
  return objects;
};

/** What decides the classes of a stack's clusters. */
export interface ClassInputs {
  /** Objects of the files that clusters name. */
  readonly files: Readonly<Record<string, readonly PlacedObject[]>>;
  /** Classes and clusters of the management cluster; undefined if it does not exist yet. */
  readonly live: LiveTopology | undefined;
  /** `PROJECT/STACK`, the owner of the stack's objects. */
  readonly owner: string;
}

/** Finds the class of each cluster: in its file, among the classes of other clusters, or in the management cluster. */
export const resolveClasses = (clusters: readonly ClassRequest[], inputs: ClassInputs): StackClasses => {
  const created = new Map<string, ClassObjects>();
  const uses = new Map<string, ClusterClassUse>();
  const problems: Problem[] = [];
  for (const { name, namespace, source = "", className, inTemplate } of clusters) {
    const placed = inputs.files[source];
    if (inTemplate === undefined && placed === undefined) continue;
    problems.push(
      ...problemsOf(() => {
        const place = inTemplate ? `the template of cluster ${name}` : `class ${source}`;
        const unmarked = inTemplate ?? classOfFile(placed ?? [], { source: place, namespace });
        refuseOtherClass(unmarked, className, place);
        const objects = withOwner(unmarked, inputs.owner);
        addClass(created, objects, place);
        uses.set(name, { clusterClass: objects.clusterClass, isCreated: true });
      }),
    );
  }
  for (const cluster of clusters) {
    const name = cluster.className ?? cluster.source;
    if (name === undefined || cluster.inTemplate || isClassFile(cluster.source ?? "")) continue;
    const { use, problem } = classByName(cluster, name, created, inputs);
    if (use) uses.set(cluster.name, use);
    if (problem) problems.push(problem);
  }
  return { created, uses, problems: [...problems, ...foreignClasses(created, inputs)] };
};

/** Refuses a file with another class than that of the cluster's template. */
const refuseOtherClass = ({ clusterClass }: ClassObjects, className: string | undefined, place: string): void => {
  const { name } = clusterClass.metadata;
  if (className === undefined || className === name) return;
  const rule = `the ClusterClass ${className}, which the Cluster in the template names`;
  throw new ProblemError([{ key: place, received: name, rule, remedy: "Set class to the file of that class" }]);
};

/** Adds a class of the stack. Two files may define one class only with equal objects. */
const addClass = (created: Map<string, ClassObjects>, objects: ClassObjects, place: string): void => {
  const key = classKey(objects.clusterClass);
  const other = created.get(key);
  created.set(key, other ?? objects);
  refuseSharedObjects(created, objects, place);
  if (other === undefined || isEqualObject(other.clusterClass, objects.clusterClass)) return;
  const rule = `one definition of the ClusterClass ${key}`;
  const remedy = "Give the class another name in one of the files";
  throw new ProblemError([{ key: place, rule, got: "two that differ", remedy }]);
};

/** Refuses an object beside the templates that the file of another class has too: one stack creates an object once. */
const refuseSharedObjects = (
  created: ReadonlyMap<string, ClassObjects>,
  { clusterClass, supporting }: ClassObjects,
  place: string,
): void => {
  const problems = [...created.values()]
    .filter((other) => classKey(other.clusterClass) !== classKey(clusterClass))
    .flatMap((other) =>
      supporting
        .filter((object) => other.supporting.some((one) => objectKey(one) === objectKey(object)))
        .map((object) => ({
          key: `${objectKey(object)} in ${place}`,
          rule: "an object of one class",
          got: `an object of the class ${other.clusterClass.metadata.name} too`,
          remedy: "Remove it from one of the files, or rename it",
        })),
    );
  if (problems.length > 0) throw new ProblemError(problems);
};

/** Marks the objects of a class as those of the stack, as stacks may share a management cluster. */
const withOwner = ({ clusterClass, templates, supporting }: ClassObjects, owner: string): ClassObjects => {
  const mark = (object: KubernetesObject): KubernetesObject => withAnnotations(object, { [ownerLabel]: owner });
  return { clusterClass: mark(clusterClass), templates: templates.map(mark), supporting: supporting.map(mark) };
};

const ownerOf = ({ metadata }: KubernetesObject): string | undefined => metadata.annotations?.[ownerLabel];

const classByName = (
  { name: cluster, namespace }: ClassRequest,
  name: string,
  created: ReadonlyMap<string, ClassObjects>,
  { live, owner }: ClassInputs,
): { use?: ClusterClassUse; problem?: Problem } => {
  const shared = created.get(`${namespace}/${name}`);
  if (shared) return { use: { clusterClass: shared.clusterClass, isCreated: true } };
  const key = `class of cluster ${cluster}`;
  const existing = live && findObject(live.classes, { namespace, name });
  if (existing === undefined) return { problem: missingClass(key, name, namespace, live) };
  const mark = ownerOf(existing);
  if (mark === undefined) return { use: { clusterClass: existing, isCreated: false } };
  return {
    problem:
      mark === owner
        ? {
            key,
            received: name,
            rule: `the file of the class ${name}, because this stack created the class and would delete it`,
            remedy: "Set class of one cluster to the file of the class",
          }
        : {
            key,
            received: name,
            rule: `a class of no other stack (${mark} created it and deletes it)`,
            remedy: "Copy the class under another name, and set class to the file",
          },
  };
};

const missingClass = (key: string, name: string, namespace: string, live: LiveTopology | undefined): Problem => {
  const known = (live?.classes ?? []).filter(({ metadata }) => metadata.namespace === namespace);
  const names = known.map(({ metadata }) => metadata.name);
  const elsewhere = live?.classes.find(({ metadata }) => metadata.name === name);
  const suggestion = nearest(name, names);
  const rule = live
    ? `a ClusterClass in namespace ${namespace} of the management cluster (${names.join(", ") || "it has none"})`
    : "a file with the class, because the management cluster does not exist yet or does not answer";
  const remedy =
    suggestion !== undefined
      ? `Did you mean ${suggestion}? Or set class to a file with the class`
      : elsewhere
        ? `Set namespace to ${elsewhere.metadata.namespace}, where a class of this name is, or set class to a file`
        : "Set class to a file with the class and its templates";
  return { key, received: name, rule, remedy };
};

/** Returns the problems of classes that exist already and that this stack did not create. */
const foreignClasses = (created: ReadonlyMap<string, ClassObjects>, { live, owner }: ClassInputs): Problem[] =>
  [...created.values()].flatMap(({ clusterClass }) => {
    const { namespace = "default", name } = clusterClass.metadata;
    const existing = live && findObject(live.classes, { namespace, name });
    if (existing === undefined || ownerOf(existing) === owner) return [];
    const mark = ownerOf(existing);
    return [
      {
        key: objectKey(clusterClass),
        rule: "a class that this stack creates, or that does not exist yet",
        got: mark === undefined ? "a class that Slipway did not create" : `a class of the stack ${mark}`,
        remedy: `Rename the class in the file, or set class to ${name}${mark === undefined ? "" : " in a stack of its own"}`,
      },
    ];
  });
