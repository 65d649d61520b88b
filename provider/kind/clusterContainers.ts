import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ask } from "../docker";
import { execute } from "../execute";
import { inputChanges, type ResourceKind, text } from "../resourceKind";
import type { Properties } from "../values";
import { textOf } from "./properties";

const inputs = { cluster: text, namespace: text, kubeconfig: text };
const outputs = ["missing", "stopped"];

/** A container of a cluster, as `docker ps` tells of it. */
interface Listed {
  name: string;
  running: boolean;
}

const containersOf = async (cluster: string): Promise<Listed[]> => {
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  const out = await ask(`cluster ${cluster}`, "ps", "--all", "--filter", filter, "--format", "{{.Names}} {{.State}}");
  return (out ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" "))
    .map(([name = "", state]) => ({ name, running: state === "running" }));
};

interface Machines {
  items: { metadata: { name: string; deletionTimestamp?: string }; status?: { nodeRef?: { name?: string } } }[];
}

/**
 * Names of the machines that became nodes and are to stay, which are the names of their containers too; undefined where
 * the management cluster does not answer, of which its own resource tells.
 */
const machinesOf = async (properties: Properties): Promise<string[] | undefined> => {
  const selector = `cluster.x-k8s.io/cluster-name=${textOf(properties, "cluster")}`;
  const args = [
    "get",
    "machines.cluster.x-k8s.io",
    "--selector",
    selector,
    "--output",
    "json",
    "--request-timeout=10s",
  ];
  args.push("--namespace", textOf(properties, "namespace"), "--kubeconfig", textOf(properties, "kubeconfig"));
  try {
    const { items } = JSON.parse((await promisify(execFile)("kubectl", args, { env: process.env })).stdout) as Machines;
    return items
      .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.nodeRef?.name !== undefined)
      .map(({ metadata }) => metadata.name);
  } catch {
    return undefined;
  }
};

const look = async (properties: Properties): Promise<Properties> => {
  const cluster = textOf(properties, "cluster");
  const [containers, machines = []] = await Promise.all([containersOf(cluster), machinesOf(properties)]);
  const names = containers.map(({ name }) => name);
  return {
    missing: [...machines, ...(machines.length > 0 ? [`${cluster}-lb`] : [])].filter((name) => !names.includes(name)),
    stopped: containers.filter(({ running }) => !running).map(({ name }) => name),
  };
};

/**
 * What Docker has of a workload cluster: that no container was removed or stopped behind Cluster API's back. An update
 * starts those that are stopped, and has Cluster API replace the machines of those that are gone. Its id is the
 * cluster's name.
 */
export const clusterContainers: ResourceKind = {
  inputs,
  outputs,
  diff: (old, news) => {
    const difference = inputChanges({ inputs }, old, news);
    for (const key of outputs) if ((old[key] as string[]).length > 0) difference.changes[key] = "update";
    return difference;
  },
  create: async (news) => ({ id: textOf(news, "cluster"), state: { ...news, ...(await look(news)) } }),
  read: async (_, old) => {
    if (Object.keys(old).length === 0) throw new Error("containers cannot be imported: up looks at them");
    return { ...old, ...(await look(old)) };
  },
  update: async (_, news, say) => {
    const { missing, stopped } = (await look(news)) as { missing: string[]; stopped: string[] };
    const environment = {
      CLUSTER: textOf(news, "cluster"),
      NAMESPACE: textOf(news, "namespace"),
      KUBECONFIG: textOf(news, "kubeconfig"),
      MISSING_CONTAINERS: missing.join(" "),
      STOPPED_CONTAINERS: stopped.join(" "),
    };
    await execute("steps/repair-containers", { environment }, undefined, say);
    return { ...news, ...(await look(news)) };
  },
};
