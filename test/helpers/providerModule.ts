import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../../lib/kubernetes/manifest";
import { isCrd, type KubernetesObject } from "../../lib/kubernetes/object";
import { pins } from "../../lib/versions/pins";

/** Time for a test that may have to download a module first, in milliseconds. */
export const downloadTimeout = 120_000;

/** A provider's published template, and the kinds of its module. */
export interface ProviderModule {
  template: string;
  crds: KubernetesObject[];
}

/** Returns the folder of a Go module, which the go client downloads; fails where it is not to be had. */
export const moduleFolder = (module: string, version: string): string => {
  const answer = execFileSync("go", ["mod", "download", "-json", `${module}@${version}`], {
    cwd: "/",
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "" },
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
};

/** Reads the pinned version of a provider's Go module, by the go client; fails where it is not to be had. */
export const providerModule = (module: string): ProviderModule => {
  const version = pins.providerTemplates[module];
  if (version === undefined) throw new Error(`pins.json names no version of ${module}`);
  const folder = moduleFolder(module, version);
  const bases = join(folder, "config", "crd", "bases");
  return {
    template: readFileSync(join(folder, "templates", "cluster-template.yaml"), "utf8"),
    crds: readdirSync(bases)
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) => parseManifest(readFileSync(join(bases, file), "utf8"), file).filter(isCrd)),
  };
};
