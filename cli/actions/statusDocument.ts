import { asText, jsonLines, valueAt } from "../../lib/base/json";
import { listArguments, networkName, parseContainers } from "../../lib/base/container";
import { clusterLabel } from "../../lib/base/labels";
import { conflictText } from "../../lib/settings/containerNames";
import { networkArguments } from "../../system/docker";
import { type ExecAnswer, type Exec, createExec } from "../../system/exec";
import type { StackClusters } from "../diagnosis/cluster";
import type { Target } from "../pulumi/run";
import { inspectClusters, readNameConflicts } from "./status";

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Returns the objects that `kubectl get --output=json` printed, or null if the cluster did not answer. */
const itemsOf = ({ text, failed }: ExecAnswer): unknown[] | null =>
  failed ? null : asList(valueAt(JSON.parse(text), "items"));

const toNode = (node: unknown) => ({
  name: asText(valueAt(node, "metadata", "name")),
  ready: asList(valueAt(node, "status", "conditions")).some(
    (condition) => valueAt(condition, "type") === "Ready" && valueAt(condition, "status") === "True",
  ),
  version: asText(valueAt(node, "status", "nodeInfo", "kubeletVersion")),
  addresses: asList(valueAt(node, "status", "addresses"))
    .filter((address) => valueAt(address, "type") === "InternalIP")
    .map((address) => asText(valueAt(address, "address"))),
});

const toLoadBalancer = (service: unknown) => ({
  namespace: asText(valueAt(service, "metadata", "namespace")),
  name: asText(valueAt(service, "metadata", "name")),
  addresses: asList(valueAt(service, "status", "loadBalancer", "ingress")).map(
    (ingress) => asText(valueAt(ingress, "ip")) || asText(valueAt(ingress, "hostname")),
  ),
});

const isBalanced = (service: unknown): boolean => valueAt(service, "spec", "type") === "LoadBalancer";

/** Returns nodes and load balancers of a ready cluster. Each is null if it could not be read. */
const contents = async (exec: Exec, { file }: StackClusters["clusters"][number], isReady: boolean) => {
  if (file === undefined || !isReady) return { nodes: null, loadBalancers: null };
  const get = (...args: string[]) =>
    exec("kubectl", "--kubeconfig", file, "get", ...args, "--output=json", "--request-timeout=10s");
  const [nodes, services] = await Promise.all([get("nodes"), get("services", "--all-namespaces")]);
  return {
    nodes: itemsOf(nodes)?.map(toNode) ?? null,
    loadBalancers: itemsOf(services)?.filter(isBalanced).map(toLoadBalancer) ?? null,
  };
};

const subnetsOf = ({ text, failed }: ExecAnswer): string[] | null =>
  failed
    ? null
    : asList(valueAt(jsonLines(text)[0], "IPAM", "Config")).map((config) => asText(valueAt(config, "Subnet")));

/**
 * Returns the status as data, in the shape of docs/reference/status.schema.json.
 *
 * @throws MissingStack if the stack does not exist
 */
export const statusDocument = async (target: Target): Promise<object> => {
  const exec = createExec(target.checkout, target.variables);
  const [{ outputs, located, states, deleted, pause, isReady }, containers, network, conflicts] = await Promise.all([
    inspectClusters(target, exec, true),
    exec("docker", ...listArguments(`label=${clusterLabel}`)),
    exec("docker", ...networkArguments(networkName)),
    readNameConflicts(exec, target),
  ]);
  const isUp = located.management !== undefined;
  const clusters = await Promise.all(
    states.map(async ({ ready, lines }, index) => {
      const cluster = located.clusters[index] ?? { name: "", namespace: "" };
      const { name, namespace } = cluster;
      return { name, namespace, ready, report: lines, ...(await contents(exec, cluster, ready)) };
    }),
  );
  return {
    stack: target.stack,
    up: isUp,
    ready: isReady,
    stopped: pause,
    clusters,
    deleted,
    url: outputs?.url ?? null,
    containers: containers.failed
      ? null
      : parseContainers(containers.text.split("\n")).map(({ name, cluster, role, state, status }) => ({
          name,
          cluster,
          role,
          state,
          status,
        })),
    conflicts: conflicts.map(conflictText),
    subnets: subnetsOf(network),
  };
};
