import type { Log } from "./run";

/** What a recipe may use while it makes its artifact. */
export interface BuildContext {
  /** An empty folder to fill; it becomes the artifact when the recipe returns, and is thrown away when it throws. */
  target: string;
  /** The finished folder of an artifact named in `needs`. */
  of: (name: string) => string;
  /** Goes to the artifact's log file. */
  log: Log;
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
