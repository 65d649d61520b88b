import { jsonLines, valueAt } from "../../lib/base/json";
import { listArguments, networkName, parseContainers } from "../../lib/base/container";
import { clusterLabel } from "../../lib/base/labels";
import { networkArguments } from "../../system/docker";
import { type ExecAnswer, type Exec, createExec } from "../../system/exec";
import type { StackClusters } from "../diagnosis/cluster";
import type { Target } from "../pulumi/run";
import { surveyClusters } from "./status";

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** The objects of a `kubectl get --output=json`; null where the cluster did not answer. */
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

/** Nodes and load balancers of a cluster that is ready; null of each that nobody could ask for. */
const contents = async (ask: Exec, { file }: StackClusters["clusters"][number], isReady: boolean) => {
  if (file === undefined || !isReady) return { nodes: null, loadBalancers: null };
  const get = (...args: string[]) =>
    ask("kubectl", "--kubeconfig", file, "get", ...args, "--output=json", "--request-timeout=10s");
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
 * Returns what status knows as data, in the shape of docs/reference/status.schema.json.
 *
 * @throws where the stack does not exist
 */
export const statusDocument = async (target: Target): Promise<object> => {
  const ask = createExec(target.checkout, target.variables);
  const [{ outputs, found, states, deleted, isReady }, containers, network] = await Promise.all([
    surveyClusters(target, ask, true),
    ask("docker", ...listArguments(`label=${clusterLabel}`)),
    ask("docker", ...networkArguments(networkName)),
  ]);
  const isUp = found.management !== undefined;
  const clusters = await Promise.all(
    states.map(async ({ ready, lines }, index) => {
      const cluster = found.clusters[index] ?? { name: "", namespace: "" };
      const { name, namespace } = cluster;
      return { name, namespace, ready, report: lines, ...(await contents(ask, cluster, ready)) };
    }),
  );
  return {
    stack: target.stack,
    up: isUp,
    ready: isReady,
    clusters,
    deleted,
    url: outputs?.url ?? null,
    containers: containers.failed
      ? null
      : parseContainers(containers.text.split("\n")).map(({ name, cluster, role, state, status }) => ({
          ...{ name, cluster, role, state, status },
        })),
    subnets: subnetsOf(network),
  };
};
