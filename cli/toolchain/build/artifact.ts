import type { Report } from "../../../system/download";
import type { Log } from "../../../system/exec";

/** What a recipe may use while it makes its artifact. */
export interface BuildContext {
  /** An empty folder to fill; it becomes the artifact when the recipe returns, and is thrown away when it throws. */
  target: string;
  /** The finished folder of an artifact named in `needs`. */
  of: (name: string) => string;
  /** Goes to the artifact's log file. */
  log: Log;
  /** Takes how far a download is, for the live line. */
  report?: Report;
}

/** One thing a route fetches or builds, cached under its name and key. */
export interface Artifact {
  /** Short and unique: a folder name. */
  name: string;
  /** What the progress line says. */
  title: string;
  /** Names of the artifacts that must be finished first. */
  needs: string[];
  /** What a stack's settings call the result: an image's reference, or a manifest's path from the checkout. */
  gives?: string;
  /** Hash of all that the result depends on (pins, recipe, the keys of `needs`): another key is another artifact. */
  key: string;
  build: (context: BuildContext) => Promise<void>;
  /** For what lives outside its folder (an image in Docker): whether it is still there. Default: the folder is enough. */
  present?: (folder: string) => Promise<boolean>;
}

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
