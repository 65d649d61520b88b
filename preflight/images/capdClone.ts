import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isRecord, valueAt } from "../../lib/base/json";
import { pathFaultOf } from "../../lib/base/errors";
import { type Problem, sentence } from "../../lib/base/problem";
import { readYaml } from "../../lib/kubernetes/yaml";
import type { Settings } from "../../lib/settings/types";
import { expandHome } from "../../system/homeFolder";
import { readRegularFile } from "../../system/regularFile";
import type { StackManifests } from "../manifests/stack";
import { checksumFiles, cloneBuildArguments, cloneEnvironment, go, inspectGo, listPackages } from "./cloneBuild";

/** A working copy of Cluster API, from which Slipway builds the image of Cluster API's Docker provider. */
export interface CapdClone {
  /** Path in the settings. Steps resolve it again, so a moved checkout is not a change. */
  path: string;
  /** Reference whose tag is a checksum of everything that the build reads. */
  image: string;
  /** Contract of the newest release series, such as `v1beta2`. */
  contract: string;
}

const key = "capdSource";
const moduleName = "sigs.k8s.io/cluster-api";

/** Returns the folder of CAPD's Go module in a clone. */
export const cloneModule = (path: string): string => join(folderOf(path), "test");

const folderOf = (path: string): string => resolve(expandHome(path));

/**
 * Reads a working copy of Cluster API.
 *
 * @param path folder: absolute, relative to the project, or below `~`
 * @param version version of Cluster API that the manager reports, without the leading v
 * @throws Error with all problems: not a clone of Cluster API, no Go, or files that Go cannot read
 */
export const readCapdClone = async (path: string, version: string, runGo = go): Promise<CapdClone> => {
  const folder = folderOf(path);
  const fault = folderFault(folder) ?? (isClusterApi(folder) ? undefined : "a folder without it");
  const treeProblem = fault === undefined ? undefined : notClusterApi(path, folder, fault);
  const contract = treeProblem ? undefined : newestContract(join(folder, "metadata.yaml"));
  const required = treeProblem ? undefined : goVersionIn(join(folder, "test", "go.mod"));
  const { problem: goProblem, identity } = await inspectGo(required, runGo);
  const problems = [
    ...(treeProblem ? [treeProblem] : []),
    ...(contract === undefined && !treeProblem ? [unknownContract(path)] : []),
    ...(goProblem ? [goProblem] : []),
  ];
  if (problems.length > 0 || contract === undefined) throw new Error(problems.map(sentence).join("\n"));
  const files = checksumFiles(await listPackages(cloneModule(path), runGo));
  const recipe = [identity, JSON.stringify(cloneEnvironment), ...cloneBuildArguments(version, "")];
  const checksum = createHash("sha256")
    .update([...recipe, ...files].join("\n"))
    .digest("hex");
  return { path, contract, image: `slipway/capd-manager:${checksum.slice(0, 12)}` };
};

const folderFault = (folder: string): string | undefined => {
  try {
    return statSync(folder).isDirectory() ? undefined : "a file";
  } catch (error) {
    return pathFaultOf(error) ?? "a path that cannot be read";
  }
};

const textOf = (file: string): string => {
  const reading = readRegularFile(file);
  return "bytes" in reading ? reading.bytes.toString("utf8") : "";
};

const moduleOf = (goMod: string): string | undefined => /^module\s+"?([^\s"]+)/m.exec(textOf(goMod))?.[1];

const goVersionIn = (goMod: string): string | undefined => /^go\s+(\d\S*)/m.exec(textOf(goMod))?.[1];

const isClusterApi = (folder: string): boolean =>
  moduleOf(join(folder, "go.mod")) === moduleName &&
  moduleOf(join(folder, "test", "go.mod")) === `${moduleName}/test` &&
  existsSync(join(folder, "test", "infrastructure", "docker", "main.go"));

const notClusterApi = (path: string, folder: string, got: string): Problem => {
  const parents = [1, 2, 3].map((count) => resolve(folder, ...Array<string>(count).fill("..")));
  const parent = parents.find(isClusterApi);
  return {
    key,
    received: path,
    rule: `the folder of a clone of cluster-api, with go.mod and test/infrastructure/docker (${got})`,
    remedy:
      parent === undefined
        ? "Set it to the root folder of your clone of github.com/kubernetes-sigs/cluster-api"
        : `Set it to ${parent}`,
  };
};

const unknownContract = (path: string): Problem => ({
  key,
  received: path,
  rule: "a clone of cluster-api whose metadata.yaml names the contract of a release series",
  remedy: "Restore metadata.yaml in the clone",
});

/** Returns the contract of the newest release series in a metadata.yaml; undefined for any other file. */
const newestContract = (file: string): string | undefined => {
  const [document] = readYaml(textOf(file), file);
  const series = valueAt(document, "releaseSeries");
  const numbers = (entry: unknown): [number, number] => [
    Number(valueAt(entry, "major") ?? 0),
    Number(valueAt(entry, "minor") ?? 0),
  ];
  const [newest] = (Array.isArray(series) ? series : []).filter(isRecord).sort((a, b) => {
    const [left, right] = [numbers(a), numbers(b)];
    return right[0] - left[0] || right[1] - left[1];
  });
  const contract = newest?.["contract"];
  return typeof contract === "string" ? contract : undefined;
};

/** Returns the settings with the image of a clone. Without a clone, the settings are the same. */
export const withClone = (settings: Settings, clone: CapdClone | undefined): Settings =>
  clone === undefined ? settings : { ...settings, capd: { ...settings.capd, image: clone.image } };

/** Returns the number of a contract such as `v1beta2`, in the order of Kubernetes' API versions. */
const rankOf = (contract: string): number => {
  const [, major = "0", stage, minor = "0"] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(contract) ?? [];
  const stages = { alpha: 0, beta: 1 };
  const rank = stage === undefined ? 2 : stages[stage as keyof typeof stages];
  return (Number(major) * 3 + rank) * 1000 + Number(minor);
};

const contractLabel = /^cluster\.x-k8s\.io\/(v\d+(?:(?:alpha|beta)\d+)?)$/;

/** Compares the contract of a clone with the newest contract of the CRDs that the stack installs. */
export const cloneProblems = (clone: CapdClone | undefined, { providers }: StackManifests): Problem[] => {
  const objects = providers.flatMap(({ placed = [] }) => placed.map(({ object }) => object));
  const crd = objects.find(({ metadata }) => metadata.name === "devclusters.infrastructure.cluster.x-k8s.io");
  const contracts = Object.keys(crd?.metadata.labels ?? {}).flatMap((label) => contractLabel.exec(label)?.[1] ?? []);
  const [installed] = contracts.sort((a, b) => rankOf(b) - rankOf(a));
  if (clone === undefined || installed === undefined || clone.contract === installed) return [];
  return [
    {
      key,
      rule: `a clone with the contract ${installed}, which the CRDs of infrastructureManifest have`,
      got: `the contract ${clone.contract} in metadata.yaml`,
      remedy: "Check out a branch with this contract, or remove capdSource",
    },
  ];
};
