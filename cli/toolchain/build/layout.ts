import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requiredTools } from "../../../preflight/host/facts";
import { pointLink } from "../../../system/files";
import type { Artifact } from "./artifact";
import { artifactFolder, type Cache } from "./cache";

/** Content of `.tools`. */
export interface Layout {
  /** Links in bin/, name to file. */
  links: Record<string, string>;
  /** Scripts in bin/, name to text. */
  scripts: Record<string, string>;
  /** Links in manifests/, name to file. Absent on the release route, where the program downloads manifests. */
  manifests?: Record<string, string>;
}

/** Returns true if an executable is a tool. Other executables, such as controllers and kubelet, go into images. */
const isTool = (name: string): boolean =>
  /^(pulumi|pulumi-language-.+|pulumi-resource-.+|kind|kubectl|clusterctl)$/.test(name);

/** Returns links to the tools in the bin/ folders of finished artifacts. */
export const toolLinks = (cache: Cache, artifacts: Artifact[]): Record<string, string> => {
  const links: Record<string, string> = {};
  for (const artifact of artifacts) {
    const bin = join(artifactFolder(cache, artifact), "bin");
    for (const name of existsSync(bin) ? readdirSync(bin).sort() : []) {
      if (!isTool(name)) continue;
      if (links[name])
        throw new Error(`tool ${name}: expected one artifact, got ${links[name]} and ${join(bin, name)}`);
      links[name] = join(bin, name);
    }
  }
  return links;
};

/**
 * Writes a layout into the cache and returns its folder. The folder's name has a hash of the content, so that checkouts with
 * other versions share the cache and keep their own links.
 */
export const writeLayout = (cache: Cache, layout: Layout): string => {
  const missing = requiredTools.filter((name) => !(name in layout.links) && !(name in layout.scripts));
  if (missing.length > 0)
    throw new Error(
      `tools of the ${cache.route} route: expected all required tools, got none of ${missing.join(", ")}`,
    );
  const key = createHash("sha256").update(JSON.stringify(layout)).digest("hex").slice(0, 12);
  const folder = `${cache.tools}-${key}`;
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.partial-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  for (const [part, links] of Object.entries({ bin: layout.links, manifests: layout.manifests })) {
    if (links !== undefined) mkdirSync(join(fresh, part), { recursive: true });
    for (const [name, target] of Object.entries(links ?? {})) pointLink(join(fresh, part, name), target);
  }
  for (const [name, text] of Object.entries(layout.scripts)) {
    writeFileSync(join(fresh, "bin", name), text);
    chmodSync(join(fresh, "bin", name), 0o755);
  }
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // otherwise another run has written the same layout
  }
  return folder;
};
