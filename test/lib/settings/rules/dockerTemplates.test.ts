import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../../lib/base/problem";
import { readSettings } from "../../../../lib/settings/settings";
import { type ClusterSettings, nodeImagesOf, type Settings } from "../../../../lib/settings/types";
import { pins } from "../../../../lib/versions/pins";

const text = readFileSync("test/e2e/template/docker.yaml", "utf8");
const simulated = readFileSync("test/e2e/template/in-memory.yaml", "utf8");
const version = `v${pins.release.kubernetes}`;
const image = `kindest/node:${version}`;
const variables = { NODE_IMAGE: image };

const read = (cluster: object, template = text, more: object[] = []): Settings =>
  readSettings({
    config: { clusters: [{ name: "east", template: "east.yaml", templateVariables: variables, ...cluster }, ...more] },
    pins,
    templates: new Map([["east.yaml", template]]),
  });
const first = (cluster: object = {}, template = text): ClusterSettings => read(cluster, template).clusters[0]!;
const messagesOf = (cluster: object, template = text, more: object[] = []): string[] =>
  problemsOf(() => read(cluster, template, more)).map(sentence);

/** The template as `clusterctl generate cluster` prints it: without variables, and with a namespace on each object. */
const substituted = Object.entries({
  CLUSTER_NAME: "east",
  KUBERNETES_VERSION: version,
  CONTROL_PLANE_MACHINE_COUNT: "3",
  WORKER_MACHINE_COUNT: "2",
  POD_CIDR: "10.1.0.0/16",
  SERVICE_CIDR: "10.2.0.0/16",
  SERVICE_DOMAIN: "east.local",
  [`NODE_IMAGE:-${image}`]: "registry.example/node:special",
  "WORKER_COMMAND:-true": "true",
  "PRELOAD:-[]": "[]",
})
  .reduce((result, [name, value]) => result.replaceAll(`\${${name}}`, value), text)
  .replaceAll("metadata: { name:", "metadata: { namespace: team, name:")
  .replace('metadata:\n  name: "east"', 'metadata:\n  namespace: team\n  name: "east"');

describe("a Docker cluster from a template", () => {
  test("has the defaults of a built-in cluster and needs no provider", () => {
    const [built] = readSettings({ config: { clusters: [{ name: "east" }] }, pins }).clusters;
    const { template, ...settings } = first();
    expect(settings).toEqual(built);
    expect(template).toMatchObject({ location: "east.yaml", variables, text, workerReplicas: 1 });
  });

  test("takes the values that the template states", () => {
    expect(substituted).not.toContain("${");
    const cluster = first({ templateVariables: {} }, substituted);
    expect(cluster).toMatchObject({
      namespace: "team",
      kubernetesVersion: version,
      controlPlaneReplicas: 3,
      workerPools: [{ name: "md-0", replicas: 2 }],
      serviceDomain: "east.local",
    });
    expect([cluster.podCidr.text, cluster.serviceCidr.text]).toEqual(["10.1.0.0/16", "10.2.0.0/16"]);
    expect(nodeImagesOf(cluster)).toEqual([image, "registry.example/node:special"]);
  });

  test("has the number of workers that the settings state for the template's variable", () => {
    expect(first({ workerReplicas: 4 }).workerPools).toEqual([{ name: "md-0", replicas: 4 }]);
  });

  test.each([
    [
      { namespace: "other" },
      /^clusters\[0\]\.namespace: expected team, which east\.yaml states, got "other"\. Set it to/,
    ],
    [
      { controlPlaneReplicas: 1 },
      /^clusters\[0\]\.controlPlaneReplicas: expected 3, which east\.yaml states, got "1"\./,
    ],
    [{ workerReplicas: 5 }, /^clusters\[0\]\.workerReplicas: expected 2, the number of workers .*, got 5\. .*WORKER_M/],
    [
      { kubernetesVersion: "v1.35.1" },
      /^clusters\[0\]\.kubernetesVersion: expected v1\.\d+\.\d+, which east\.yaml states/,
    ],
    [
      { podCidr: "10.9.0.0/16" },
      /^clusters\[0\]\.podCidr: expected 10\.1\.0\.0\/16, which .*, got "10\.9.*\$\{POD_CIDR\}/,
    ],
    [{ serviceDomain: "west.local" }, /^clusters\[0\]\.serviceDomain: expected east\.local, which east\.yaml states/],
  ])("rejects %j, which the template states otherwise", (fields, message) => {
    expect(messagesOf({ templateVariables: {}, ...fields }, substituted)).toContainEqual(
      expect.stringMatching(message),
    );
  });

  test("accepts settings that equal the values of the template", () => {
    const equal = { namespace: "team", controlPlaneReplicas: 3, workerReplicas: 2, podCidr: "10.1.0.0/16" };
    expect(messagesOf({ templateVariables: {}, ...equal }, substituted)).toEqual([]);
  });

  test.each<[string, object, RegExp, string?]>([
    [
      "workers of another version",
      {},
      /^clusters\[0\]\.kubernetesVersion: expected v1\.33\.0, which east\.yaml states/,
      text.replace('version: "${KUBERNETES_VERSION}"\n      bootstrap', "version: v1.33.0\n      bootstrap"),
    ],
    [
      "an image of another version",
      { templateVariables: { NODE_IMAGE: "kindest/node:v1.33.1" } },
      /^clusters\[0\]\.template: expected a customImage with a tag of kubernetesVersion.*, got "kindest\/node:v1\.33\.1"/,
    ],
    [
      "an even number of control plane nodes",
      {},
      /^clusters\[0\]\.controlPlaneReplicas: expected 1, 3, 5 or 7.*got 2/,
      text.replace("${CONTROL_PLANE_MACHINE_COUNT}", "2"),
    ],
    [
      "a name that does not start with the cluster's name",
      {},
      /^clusters\[0\]\.template: expected names of .* that start with east-, .*got "machines"/,
      text.replace(
        'kind: MachineDeployment\nmetadata: { name: "${CLUSTER_NAME}-md-0" }',
        "kind: MachineDeployment\nmetadata: { name: machines }",
      ),
    ],
    [
      "addresses for MetalLB",
      { loadBalancerAddresses: "10.9.8.240/28" },
      /^clusters\[0\]\.loadBalancerAddresses: expected no value/,
    ],
    [
      "an external load balancer",
      { loadBalancer: "external" },
      /^clusters\[0\]\.loadBalancer: expected metallb, cloud-provider-kind/,
    ],
    ["a health check", { healthCheck: {} }, /^clusters\[0\]\.healthCheck: expected no value beside template/],
  ])("rejects %s", (_, fields, message, template = text) => {
    expect(messagesOf(fields, template)).toContainEqual(expect.stringMatching(message));
  });

  test("may have cloud-provider-kind", () => {
    expect(read({ loadBalancer: "cloud-provider-kind" }).cloudProviderKind).toBeDefined();
  });

  test("has the pools of the template with their kinds and the bounds of an autoscaler", () => {
    const bounds = "annotations: { cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: '4' }";
    const pools = text
      .replace("kind: MachineDeployment\nmetadata: {", `kind: MachinePool\nmetadata: { ${bounds},`)
      .replace("selector: { matchLabels: }", "");
    expect(first({}, pools).workerPools).toEqual([{ name: "md-0", replicas: 1, maxReplicas: 4, type: "machinePool" }]);
  });

  test("has a load balancer block that no other cluster has", () => {
    const clusters = [{ name: "west", loadBalancerSlot: 3 }];
    expect(messagesOf({ loadBalancerSlot: 3 }, text, clusters)).toContainEqual(
      expect.stringMatching(/^clusters\[1\]\.loadBalancerSlot: expected/),
    );
  });

  test("counts its nodes in the addresses of the Docker network", () => {
    const many = text.replace("${WORKER_MACHINE_COUNT}", "40");
    const settings = () =>
      readSettings({
        config: {
          networkSubnet: "172.20.0.0/26",
          clusters: [{ name: "east", template: "east.yaml", templateVariables: variables }],
        },
        pins,
        templates: new Map([["east.yaml", many]]),
      });
    expect(problemsOf(settings).map(sentence)).toContainEqual(
      expect.stringMatching(/^networkSubnet: expected a subnet for 41 nodes/),
    );
  });

  test("may consist of Docker's own kinds", () => {
    const older = text
      .replace("kind: DevCluster\nmetadata", "kind: DockerCluster\nmetadata")
      .replace("kind: DevCluster, name", "kind: DockerCluster, name")
      .replace("spec: { backend: { docker: {} } }", "spec: {}");
    expect(first({}, older).backend).toBe("docker");
  });
});

describe("a simulated cluster from a template", () => {
  test("has the defaults of an in-memory cluster", () => {
    const [built] = readSettings({ config: { clusters: [{ name: "east", backend: "inMemory" }] }, pins }).clusters;
    const { template, ...settings } = first({ templateVariables: {} }, simulated);
    expect(settings).toEqual(built);
    expect(template?.facts).toMatchObject({ backend: "inMemory", images: [] });
  });

  test("rejects a pod network", () => {
    expect(messagesOf({ cni: "calico" }, simulated)).toEqual([
      expect.stringMatching(/^clusters\[0\]\.cni: expected no value where backend is inMemory/),
    ]);
  });
});

describe("a template with a ClusterResourceSet", () => {
  const network = `${text}---
apiVersion: v1
kind: ConfigMap
metadata: { name: "\${CLUSTER_NAME}-net" }
data:
  net.yaml: |
    kind: DaemonSet
    spec:
      - image: "registry.example/net:v1"
        hostPath: /etc/cni/net.d
---
apiVersion: addons.cluster.x-k8s.io/v1beta2
kind: ClusterResourceSet
metadata: { name: "\${CLUSTER_NAME}-net" }
spec:
  clusterSelector: { matchLabels: { network: "\${CLUSTER_NAME}" } }
  resources: [{ kind: ConfigMap, name: "\${CLUSTER_NAME}-net" }]
`;

  test("brings the pod network, so cni is none and MetalLB is allowed", () => {
    const cluster = first({}, network);
    expect(cluster).toMatchObject({ cni: "none", loadBalancer: "metallb", application: true });
    expect(cluster.template?.facts?.resourceImages).toEqual(["registry.example/net:v1"]);
  });

  test("rejects a second pod network", () => {
    expect(messagesOf({ cni: "calico" }, network)).toEqual([
      expect.stringMatching(/^clusters\[0\]\.cni: expected none, because a ClusterResourceSet .*, got "calico"/),
    ]);
  });

  test("keeps Slipway's pod network if it installs something else", () => {
    expect(first({}, network.replace("/etc/cni/net.d", "/opt")).cni).toBe("calico");
  });
});

describe("a template that cannot be read", () => {
  test("is judged by no rule about its provider", () => {
    const config = { clusters: [{ name: "east", template: "missing.yaml", loadBalancer: "metallb" }] };
    const { clusters } = readSettings({ config, pins, templates: new Map() });
    expect(clusters[0]).toMatchObject({ backend: "template" });
  });
});

test("settings of kubeadm and mounts are refused beside a Docker template", () => {
  const kubeadm = { clusterConfiguration: { certificatesDir: "/pki" } };
  const mounts = [{ hostPath: "/tmp", containerPath: "/tmp/host" }];
  expect(messagesOf({ kubeadm, mounts })).toEqual([
    expect.stringMatching(/^clusters\[0\]\.kubeadm: expected no value beside template/),
    expect.stringMatching(/^clusters\[0\]\.mounts\[0\]: expected no value/),
  ]);
});
