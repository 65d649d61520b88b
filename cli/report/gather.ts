import { runLimited } from "../../lib/base/concurrency";
import type { ApiObject } from "../../lib/diagnosis/facts";
import type { ListedCluster, StackFacts } from "../../lib/report/build";
import type { Report } from "../../lib/report/model";
import type { Settings } from "../../lib/settings/types";
import { pins } from "../../lib/versions/pins";
import { readStackFile } from "../../preflight/stackFile";
import type { Exec } from "../../system/exec";
import { findClusters } from "../diagnosis/cluster";
import type { Outputs, Target } from "../pulumi/run";
import { readDocker } from "./docker";

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(-300);

/** Reads all objects of some resource types with one kubectl, which sends one list request for each type. */
const readObjects = async (
  exec: Exec,
  file: string,
  types: string,
): Promise<{ objects?: ApiObject[]; problem?: string }> => {
  const { text, failed, printed } = await exec(
    ...(["kubectl", "--kubeconfig", file, "--request-timeout=8s"] as const),
    ...["get", types, "--all-namespaces", "--output", "json"],
  );
  try {
    // kubectl prints the objects of the types that answered, also if another type did not.
    const objects = (JSON.parse(failed ? (printed ?? "") : text) as { items: ApiObject[] }).items;
    return { objects, ...(failed ? { problem: oneLine(text) } : {}) };
  } catch {
    return { problem: oneLine(text) };
  }
};

/** Nodes, load balancers, and pods with their images. */
const contentTypes = "nodes,services,pods";

/** Returns the URLs in the stack's outputs, by the cluster's name. */
const urlsOf = (outputs: Outputs | undefined): Report["urls"] => {
  const urls = Object.entries(outputs?.urls ?? {}).map(([name, url]) => ({ name, url }));
  const first = outputs?.url;
  const more = (outputs?.clusters ?? []).flatMap(({ name, ...cluster }) => {
    const { secondUrl } = cluster as { secondUrl?: string };
    return secondUrl ? [{ name: `${name}, second address`, url: secondUrl }] : [];
  });
  return [...(first && urls.every(({ url }) => url !== first) ? [{ name: "", url: first }] : []), ...urls, ...more];
};

const versionNames: Readonly<Record<string, string>> = {
  kubernetes: "Kubernetes (pinned)",
  clusterApi: "Cluster API",
  certManager: "cert-manager",
  calico: "Calico",
  flannel: "Flannel",
  metallb: "MetalLB",
  kind: "kind",
};

const versionsOf = (settings: Settings | undefined): Report["versions"] => {
  if (settings === undefined) return [];
  const versions: Readonly<Record<string, unknown>> = { ...settings.versions };
  const isUsed = (key: string): boolean =>
    key === "metallb"
      ? settings.clusters.some(({ loadBalancer }) => loadBalancer === key)
      : !["calico", "flannel"].includes(key) || settings.clusters.some(({ cni }) => cni === key);
  return [
    ...Object.entries(versionNames).flatMap(([key, name]) => {
      const version = versions[key];
      return typeof version === "string" && isUsed(key) ? [{ name, version }] : [];
    }),
    { name: "Pulumi", version: pins.pulumi.cli },
    ...Object.entries(pins.pulumi.plugins).map(([name, version]) => ({ name: `Pulumi plugin ${name}`, version })),
    { name: "source of the tools", version: settings.pins },
  ];
};

/**
 * Reads what a report says about a stack. A source that does not answer is named in `missing`.
 *
 * @param later the stack's outputs, if they are not known yet: the clusters are then those of the settings
 */
export const gatherStack = async (
  exec: Exec,
  target: Target,
  early: Outputs | undefined,
  later: Promise<Outputs | undefined> = Promise.resolve(early),
): Promise<StackFacts> => {
  const { settings } = readStackFile(target.checkout, target.stack);
  const located = findClusters(target, early);
  const management = early?.managementCluster ?? settings?.management.name;
  const isInMemory = (name: string): boolean =>
    settings?.clusters.some((cluster) => cluster.name === name && cluster.backend === "inMemory") ?? false;
  const missing: string[] = [];
  const read = async (name: string, file: string | undefined, types: string): Promise<ApiObject[] | undefined> => {
    if (file === undefined) return undefined;
    const { objects, problem } = await readObjects(exec, file, types);
    if (problem !== undefined) missing.push(`cluster ${name}: ${problem}`);
    return objects;
  };
  const names = [management ?? [], located.clusters.map(({ name }) => name)].flat();
  const [dockerFacts, managed, contents] = await Promise.all([
    readDocker(exec, target.stack, names),
    read(management ?? "management", located.management, `cluster-api,${contentTypes}`),
    runLimited(
      located.clusters.map(
        ({ name, file }) =>
          async () =>
            isInMemory(name) ? undefined : read(name, file, contentTypes),
      ),
    ),
  ]);
  const outputs = await later;
  // A failed up may have no outputs. The settings then have the ranges, unless Docker has another subnet.
  const isSettingsNetwork = dockerFacts.network?.subnets.includes(settings?.network.subnet.text ?? "") ?? false;
  const rangesOf = (name: string): string[] => {
    const ranges = outputs?.clusters?.find((cluster) => cluster.name === name) as
      { loadBalancerRange?: string; loadBalancerRangeIPv6?: string } | undefined;
    const planned = settings?.clusters.find((cluster) => cluster.name === name);
    if (ranges === undefined && planned !== undefined && isSettingsNetwork)
      return [planned.loadBalancerRange ?? [], planned.loadBalancerRangeIPv6 ?? []].flat().map(({ text }) => text);
    return [ranges?.loadBalancerRange ?? [], ranges?.loadBalancerRangeIPv6 ?? []].flat();
  };
  const listed = ({ name, namespace }: { name: string; namespace?: string }, objects?: ApiObject[]): ListedCluster => ({
    ...{ name, loadBalancerRanges: rangesOf(name) },
    ...(namespace === undefined ? {} : { namespace }),
    ...(objects ? { objects } : {}),
  });
  return {
    ...dockerFacts,
    clusters: [
      ...(management === undefined || located.management === undefined ? [] : [listed({ name: management }, managed)]),
      ...located.clusters.map((cluster, index) => listed(cluster, contents[index])),
    ],
    ...(managed ? { objects: managed } : {}),
    urls: urlsOf(outputs),
    versions: versionsOf(settings),
    missing: [...dockerFacts.missing, ...missing],
  };
};
