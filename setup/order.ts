import type { Artifact } from "./artifact";

/** The artifacts in an order in which needs come first, else as listed; refuses doubles, unknown needs and circles. */
export const orderByNeeds = (artifacts: Artifact[]): Artifact[] => {
  const byName = new Map<string, Artifact>();
  for (const artifact of artifacts) {
    if (byName.has(artifact.name)) throw new Error(`two artifacts are called ${artifact.name}`);
    byName.set(artifact.name, artifact);
  }
  const ordered: Artifact[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (artifact: Artifact, path: string[]): void => {
    const now = state.get(artifact.name);
    if (now === "done") return;
    if (now === "open")
      throw new Error(`artifacts need each other in a circle: ${[...path, artifact.name].join(" -> ")}`);
    state.set(artifact.name, "open");
    for (const need of artifact.needs) {
      const found = byName.get(need);
      if (!found) throw new Error(`artifact ${artifact.name} needs ${need}, which is not in the list`);
      visit(found, [...path, artifact.name]);
    }
    state.set(artifact.name, "done");
    ordered.push(artifact);
  };
  for (const artifact of artifacts) visit(artifact, []);
  return ordered;
};

/** The first artifact, in list order, whose needs are all finished. */
export const nextReady = (waiting: Artifact[], isFinished: (name: string) => boolean): Artifact | undefined =>
  waiting.find((artifact) => artifact.needs.every(isFinished));
