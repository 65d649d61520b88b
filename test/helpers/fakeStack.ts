import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigText } from "./kubeconfigs";
import { type FakeCheckout, fakeCheckout } from "./fakeCheckout";

const cluster = {
  apiVersion: "cluster.x-k8s.io/v1beta2",
  kind: "Cluster",
  metadata: { name: "capd", namespace: "default" },
  status: { phase: "Provisioned", conditions: [{ type: "Available", status: "True" }] },
};

const node = {
  kind: "Node",
  metadata: { name: "capd-control-plane" },
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    nodeInfo: { kubeletVersion: "v1.34.4" },
    addresses: [{ type: "InternalIP", address: "172.18.0.4" }],
  },
};

const service = {
  kind: "Service",
  metadata: { name: "nginx", namespace: "default" },
  spec: { type: "LoadBalancer" },
  status: { loadBalancer: { ingress: [{ ip: "172.18.255.248" }] } },
};

const resources = [{ urn: "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev", type: "pulumi:pulumi:Stack" }];

const steps = [
  { op: "update", urn: "urn:pulumi:dev::slipway::docker:index/network:Network::network", diffReasons: ["labels"] },
];

/** What the stack's outputs are, without the kubeconfigs. */
export const openOutputs = {
  url: "http://172.18.255.248",
  answer: "<p>Welcome</p>",
  urls: { capd: "http://172.18.255.248" },
  loadBalancerRange: "172.18.255.248-172.18.255.254",
  managementCluster: "clusterapi",
  clusters: [{ name: "capd", namespace: "default", version: "v1.34.4", nodes: ["capd-control-plane"] }],
};

const kubeconfigs = { capd: kubeconfigText("capd"), clusterapi: kubeconfigText("clusterapi") };

const json = (value: unknown): string => `cat <<'END'\n${JSON.stringify(value)}\nEND\n`;
const list = (...items: unknown[]): string => json({ kind: "List", items });

/** A checkout whose stack dev is up, according to its fake tools. Pulumi's calls are in the file `calls`. */
export const fakeStack = (): FakeCheckout => {
  const checkout = fakeCheckout();
  const { folder, fakeTool } = checkout;
  writeFileSync(join(folder, "Pulumi.yaml"), "name: slipway\nruntime: nodejs\n");
  writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: {}\n");
  const states = join(folder, ".slipway", ".pulumi", "stacks", "slipway");
  mkdirSync(states, { recursive: true });
  writeFileSync(join(states, "dev.json"), "{}");
  writeFileSync(join(folder, ".slipway", "passphrase"), "secret\n");
  const outputs = { ...openOutputs, kubeconfigs };
  const state = { deployment: { resources: resources.map((resource) => ({ ...resource, outputs })) } };
  fakeTool(
    "pulumi",
    `echo "$*" >>"${join(folder, "calls")}"
case "$*" in
  *"stack export"*) ${json(state)} ;;
  *"stack output"*"--show-secrets"*) ${json(outputs)} ;;
  *"stack output"*) ${json({ ...openOutputs, kubeconfigs: "[secret]" })} ;;
  preview*) ${json({ steps })} ;;
esac`,
  );
  fakeTool(
    "kubectl",
    `case "$*" in
  *clusters.cluster.x-k8s.io*) ${list(cluster)} ;;
  *"get nodes "*) ${list(node)} ;;
  *"get services "*) ${list(service, { kind: "Service", spec: { type: "ClusterIP" } })} ;;
  *logs*) ;;
  *) ${list()} ;;
esac`,
  );
  fakeTool(
    "docker",
    `case "$*" in
  ps*) printf 'id\\tcapd-control-plane\\trunning\\tUp 3 minutes\\tkind\\tcapd\\tcontrol-plane\\t\\t\\n' ;;
  "network inspect"*) ${json({ Id: "1", IPAM: { Config: [{ Subnet: "172.18.0.0/16" }] } })} ;;
  *) exit 1 ;;
esac`,
  );
  return checkout;
};
