/** An object that differs from another object of its name. */
export interface Item {
  /** Kubernetes' uid; of a container its id and the moment it was started. */
  id: string;
  /** Grows with every change of a Kubernetes object's spec. */
  generation?: number;
}

/** What is there: `container capd-lb`, `clusterapi Machine default/capd-md-0-abcde-fghij`, … */
export type Inventory = Readonly<Record<string, Item>>;

/** What became of an inventory. */
export interface Difference {
  added: string[];
  removed: string[];
  /** Deleted and made again under the same name, or a container that was restarted. */
  exchanged: string[];
  /** The same object with another spec. */
  edited: string[];
}

/** What a change is allowed to do, each pattern for exactly one thing; whatever has none shall be as it was. */
export type Expectation = Partial<Record<keyof Difference, readonly RegExp[]>>;

interface KubernetesItem {
  kind: string;
  metadata: { name: string; namespace?: string; uid: string; generation?: number };
}

/** The objects in `kubectl get … --output json`, as things of a cluster. */
export const objectsOf = (cluster: string, json: string): Inventory =>
  Object.fromEntries(
    (JSON.parse(json) as { items: KubernetesItem[] }).items.map(({ kind, metadata }) => [
      `${cluster} ${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`,
      { id: metadata.uid, ...(metadata.generation === undefined ? {} : { generation: metadata.generation }) },
    ]),
  );

/** The containers in lines of `/NAME ID STARTED`, as docker inspect gives them. */
export const containersOf = (lines: readonly string[]): Inventory =>
  Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...id] = line.split(" ");
      return [`container ${name.replace(/^\//, "")}`, { id: id.join(" ") }];
    }),
  );

/** What is different in the second inventory, sorted by name. */
export const differenceOf = (before: Inventory, after: Inventory): Difference => {
  const both = Object.keys(before)
    .filter((key) => key in after)
    .sort();
  return {
    added: Object.keys(after)
      .filter((key) => !(key in before))
      .sort(),
    removed: Object.keys(before)
      .filter((key) => !(key in after))
      .sort(),
    exchanged: both.filter((key) => before[key]!.id !== after[key]!.id),
    edited: both.filter(
      (key) => before[key]!.id === after[key]!.id && before[key]!.generation !== after[key]!.generation,
    ),
  };
};

/** Where a difference is not what was expected, in words; empty if it is. */
export const surprises = (difference: Difference, expected: Expectation): string[] =>
  (["added", "removed", "exchanged", "edited"] as const).flatMap((change) => {
    const rest = [...difference[change]];
    const missing = (expected[change] ?? []).filter((pattern) => {
      const index = rest.findIndex((key) => pattern.test(key));
      if (index >= 0) rest.splice(index, 1);
      return index < 0;
    });
    return [
      ...rest.map((key) => `${change}, and was to be left alone: ${key}`),
      ...missing.map((pattern) => `not ${change}: ${pattern.source}`),
    ];
  });
