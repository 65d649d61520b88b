import type { Report } from "../../../system/download";
import type { Log } from "../../../system/exec";

/** Context of a recipe while it builds its artifact. */
export interface BuildContext {
  /** Empty folder for the result. It becomes the artifact when the recipe returns, and is removed when the recipe throws. */
  target: string;
  /** Returns the folder of a finished artifact that `needs` names. */
  of: (name: string) => string;
  /** Writes to the artifact's log file. */
  log: Log;
  /** Reports the progress of a download for the live line. */
  report?: Report;
}

/** A result that a route fetches or builds, cached by name and key. */
export interface Artifact {
  /** Short and unique: a folder name. */
  name: string;
  /** Text of the progress line. */
  title: string;
  /** Names of the artifacts that must be finished first. */
  needs: string[];
  /** Name of the result in a stack's settings: an image's reference, or a manifest's path relative to the checkout. */
  gives?: string;
  /** Hash of all inputs of the result: pins, recipe and the keys of `needs`. Another key is another artifact. */
  key: string;
  build: (context: BuildContext) => Promise<void>;
  /** Returns true if a result outside of the folder, such as an image in Docker, still exists. Default: always true. */
  present?: (folder: string) => Promise<boolean>;
}

/**
 * Sorts artifacts so that needs come first; otherwise the order stays.
 *
 * @throws for duplicate names, unknown needs and cycles
 */
export const orderByNeeds = (artifacts: Artifact[]): Artifact[] => {
  const byName = new Map<string, Artifact>();
  for (const artifact of artifacts) {
    if (byName.has(artifact.name))
      throw new Error(`artifact ${artifact.name}: expected a unique name, got two artifacts with this name`);
    byName.set(artifact.name, artifact);
  }
  const ordered: Artifact[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (artifact: Artifact, path: string[]): void => {
    const now = state.get(artifact.name);
    if (now === "done") return;
    if (now === "open")
      throw new Error(`artifacts: expected needs without a cycle, got ${[...path, artifact.name].join(" -> ")}`);
    state.set(artifact.name, "open");
    for (const need of artifact.needs) {
      const needed = byName.get(need);
      if (!needed) throw new Error(`artifact ${artifact.name} needs ${need}, which is not in the list`);
      visit(needed, [...path, artifact.name]);
    }
    state.set(artifact.name, "done");
    ordered.push(artifact);
  };
  for (const artifact of artifacts) visit(artifact, []);
  return ordered;
};

/** Returns the first artifact in the list whose needs are all finished. */
export const nextReady = (waiting: Artifact[], isFinished: (name: string) => boolean): Artifact | undefined =>
  waiting.find((artifact) => artifact.needs.every(isFinished));
