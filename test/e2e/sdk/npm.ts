import { cpSync } from "node:fs";
import { join } from "node:path";
import { must } from "../harness";

/** Installs npm packages into a folder, or the dependencies of the folder's own package. */
export const npmInstall = (folder: string, ...packages: string[]): void => {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  must("npm", ["install", "--prefix", folder, ...quiet, ...packages], { cwd: folder });
};

/** Builds a generated SDK for Node, and returns the folder of its npm package. */
export const buildNodeSdk = (sdk: string): string => {
  npmInstall(sdk);
  must("npm", ["run", "build"], { cwd: sdk });
  const built = join(sdk, "bin");
  for (const file of ["package.json", "README.md"]) cpSync(join(sdk, file), join(built, file));
  return built;
};
