import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../../lib/base/problem";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";

const problems = (cluster: object, stack: Record<string, unknown> = {}): string[] => {
  const clusters = JSON.stringify([{ name: "a", loadBalancer: "none", ...cluster }]);
  return problemsOf(() => readSettings({ config: { ...stack, clusters }, pins, route: "source" })).map(sentence);
};
const ofCluster = (kubeadm: object, more: object = {}): string[] => problems({ kubeadm, ...more });
const ofPool = (kubeadm: object): string[] => problems({ workers: [{ name: "p", kubeadm }] });
const args = (name: string, value = "x") => [{ name, value }];
const kubelet = (name: string) => ({ joinConfiguration: { nodeRegistration: { kubeletExtraArgs: args(name) } } });
const key = "clusters[0].kubeadm";
const poolKey = "clusters[0].workers[0].kubeadm";

test("accepts the settings of the guide", () => {
  const kubeadm = {
    clusterConfiguration: {
      encryptionAlgorithm: "ECDSA-P256",
      featureGates: { ControlPlaneKubeletLocalMode: true },
      apiServer: {
        certSANs: ["api.example.org"],
        extraArgs: [
          ...args("audit-policy-file", "/etc/kubernetes/policy.yaml"),
          ...args("authorization-mode", "Node,RBAC"),
        ],
        extraVolumes: [{ name: "a", hostPath: "/a", mountPath: "/a" }],
      },
      controllerManager: { extraArgs: args("service-account-private-key-file", "/etc/kubernetes/pki/sa.key") },
      scheduler: { extraArgs: args("profiling", "false") },
    },
    initConfiguration: { nodeRegistration: { taints: [] } },
    joinConfiguration: { nodeRegistration: { taints: [] } },
    files: [{ path: "/etc/kubernetes/policy.yaml", content: "rules:\n- level: None\n  resources: [secrets]\n" }],
    preKubeadmCommands: ["echo ${HOME}"],
    postKubeadmCommands: ["export TOKEN=$(cat /run/token)"],
  };
  const workers = [{ name: "p", kubeadm: { ...kubelet("max-pods"), files: [{ path: "/a", content: "b" }] } }];
  expect(problems({ kubeadm, workers })).toEqual([]);
  expect(problems({ kubeadm: {}, workers: [{ name: "p", kubeadm: {} }] })).toEqual([]);
});

describe("fields that Slipway or Cluster API sets", () => {
  test.each<[object, string]>([
    [
      { clusterConfiguration: { controlPlaneEndpoint: "a:6443" } },
      "clusterConfiguration.controlPlaneEndpoint: expected no value, because Cluster API sets it",
    ],
    [
      { clusterConfiguration: { apiServer: { extraArgs: args("service-cluster-ip-range") } } },
      "clusterConfiguration.apiServer.extraArgs[0]: expected no service-cluster-ip-range, because kubeadm sets it",
    ],
    [
      { clusterConfiguration: { controllerManager: { extraArgs: args("cluster-cidr") } } },
      "clusterConfiguration.controllerManager.extraArgs[0]: expected no cluster-cidr",
    ],
    [
      { initConfiguration: { localAPIEndpoint: { bindPort: 1 } } },
      "initConfiguration.localAPIEndpoint: expected no value",
    ],
    [{ joinConfiguration: { controlPlane: {} } }, "joinConfiguration.controlPlane: expected no value"],
    [
      { initConfiguration: { bootstrapTokens: [{ token: "abc" }] } },
      "initConfiguration.bootstrapTokens: expected no value, because Cluster API creates the tokens",
    ],
    [{ joinConfiguration: { discovery: {} } }, "joinConfiguration.discovery: expected no value"],
    [
      { joinConfiguration: { nodeRegistration: { name: "a" } } },
      "joinConfiguration.nodeRegistration.name: expected no value, because each node has the name",
    ],
    [kubelet("node-ip"), "joinConfiguration.nodeRegistration.kubeletExtraArgs[0]: expected no node-ip"],
    [
      kubelet("eviction-hard"),
      "kubeletExtraArgs[0]: expected no eviction-hard, because Cluster API's Docker provider sets it",
    ],
    [
      { bootCommands: ["a"] },
      "bootCommands: expected no value, because Docker nodes only run files and commands of cloud-init, got one. Move it to preKubeadmCommands.",
    ],
    [{ mounts: [["a"]] }, "mounts: expected no value, because Docker nodes only run files"],
  ])("are refused by name: %j", (kubeadm, text) =>
    expect(ofCluster(kubeadm)).toEqual(expect.arrayContaining([expect.stringContaining(text)])),
  );

  test.each<[object, string]>([
    [
      { clusterConfiguration: {} },
      "clusterConfiguration: expected no value, because a worker joins a cluster that exists, got one. Move it to kubeadm of the cluster.",
    ],
    [{ initConfiguration: {} }, "initConfiguration: expected no value, because a worker joins"],
    [
      { joinConfiguration: { controlPlane: {} } },
      "joinConfiguration.controlPlane: expected no value, because a worker has no control plane",
    ],
    [
      { joinConfiguration: { nodeRegistration: { taints: [] } } },
      "joinConfiguration.nodeRegistration.taints: expected no value, because Slipway sets it from taints of the pool",
    ],
    [
      kubelet("node-labels"),
      "kubeletExtraArgs[0]: expected no node-labels, because Slipway sets it from labels of the pool",
    ],
    [kubelet("register-with-taints"), "kubeletExtraArgs[0]: expected no register-with-taints"],
  ])("of a pool are refused by name: %j", (kubeadm, text) =>
    expect(ofPool(kubeadm)).toEqual([
      expect.stringContaining(
        `${poolKey}.${text}`.replace(".kubeletExtra", ".joinConfiguration.nodeRegistration.kubeletExtra"),
      ),
    ]),
  );

  test("of Docker nodes are accepted for simulated nodes", () =>
    expect(ofCluster({ bootCommands: ["a"] }, { backend: "inMemory", loadBalancer: undefined })).toEqual([]));

  test("are all refused beside a template", () => {
    const cluster = { template: "a.yaml", kubeadm: { files: [] }, workers: [{ name: "p", kubeadm: { files: [] } }] };
    const text = "expected no value beside template, which defines the machines";
    expect(
      problems(cluster, { providers: JSON.stringify([{ name: "b", version: "v1.0.0", manifest: "b.yaml" }]) }),
    ).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`${key}: ${text}`),
        expect.stringContaining(`${poolKey}: ${text}`),
      ]),
    );
  });
});

const pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n";

describe("a secret in plain text", () => {
  const file = (content: string, more: object = {}) => ({ files: [{ path: "/a", content, ...more }] });
  test.each<[string, object, string]>([
    ["a private key", file(pem), "files[0].content"],
    ["a private key in base64", file(Buffer.from(pem).toString("base64"), { encoding: "base64" }), "files[0].content"],
    ["a compressed key", file(gzipSync(pem).toString("base64"), { encoding: "gzip+base64" }), "files[0].content"],
    ["a password in YAML", file("user: a\npassword: hunter2\n"), "files[0].content"],
    ["a password in JSON", file('{"password": "hunter2"}'), "files[0].content"],
    [
      "a key of an encryption configuration",
      file("keys:\n- name: a\n  secret: c2VjcmV0IGlzIHNlY3JldA==\n"),
      "files[0].content",
    ],
    ["a Secret", file("apiVersion: v1\nkind: Secret\ndata:\n  a: aHVudGVyMg==\n"), "files[0].content"],
    ["a flag of a command", { preKubeadmCommands: ["login --password hunter2"] }, "preKubeadmCommands[0]"],
    [
      "a literal of a command",
      { postKubeadmCommands: ["kubectl create --from-literal=token=abcdef"] },
      "postKubeadmCommands[0]",
    ],
    [
      "an argument",
      { clusterConfiguration: { apiServer: { extraArgs: args("oidc-client-secret", "hunter2") } } },
      "clusterConfiguration.apiServer.extraArgs[0].value",
    ],
    [
      "a variable of the environment",
      { clusterConfiguration: { apiServer: { extraEnvs: args("API_TOKEN", "hunter2") } } },
      "clusterConfiguration.apiServer.extraEnvs[0].value",
    ],
  ])("%s is refused without the secret in the error", (_, kubeadm, place) => {
    const [text = "", ...more] = ofCluster(kubeadm);
    expect(more).toEqual([]);
    expect(text).toContain(`${key}.${place}: expected no secret in plain text, got one. Write \${NAME} in its place`);
    expect(text).not.toMatch(/hunter2|MHcCAQEE|abcdef/);
  });

  test("a password of a user is refused", () => {
    const users = [
      { name: "a", passwd: "$6$rounds" },
      { name: "b", passwd: "${HASH}" },
    ];
    const simulated = { backend: "inMemory", loadBalancer: undefined };
    expect(ofCluster({ users }, simulated)).toEqual([
      expect.stringContaining(
        `${key}.users[0].passwd: expected no secret in plain text, got a password. Write \${NAME}`,
      ),
    ]);
  });

  test.each<[string, object]>([
    ["a variable of templateSecrets", file("password: ${DB_PASSWORD}\n")],
    ["a path", file("tokenFile: /var/run/token\npasswordPath: /a\nprivate-key: /etc/key.pem")],
    ["a duration, a number and a boolean", file("tokenTTL: 15m\nsecretCount: 3\nautomountToken: true\n")],
    ["a comment", file("# password: none of your business\na: b\n")],
    ["a resource", file("resources: [secrets, tokenreviews]\nresource: secrets\n")],
    [
      "a Secret of Kubernetes",
      { files: [{ path: "/a", contentFrom: { secret: { name: "a-secret", key: "token" } } }] },
    ],
  ])("%s is accepted", (_, kubeadm) => expect(ofCluster(kubeadm)).toEqual([]));
});

describe("what the webhooks of the kubeadm providers refuse", () => {
  const ignition = { EXP_KUBEADM_BOOTSTRAP_FORMAT_IGNITION: "true" };
  test.each<[object, string, Record<string, string>?]>([
    [
      { files: [{ path: "/a" }, { path: "/a" }] },
      "files[1].path: expected another path than clusters[0].kubeadm.files[0]",
    ],
    [{ files: [{ path: "a" }] }, 'files[0].path: expected an absolute path, got "a"'],
    [{ files: [{ path: "/a", content: "a", contentFrom: {} }] }, "files[0]: expected content or contentFrom, got both"],
    [{ format: "ignition" }, "format: expected no Ignition without EXP_KUBEADM_BOOTSTRAP_FORMAT_IGNITION"],
    [{ ignition: {} }, "format: expected ignition where ignition is set", ignition],
    [
      { format: "ignition", files: [{ path: "/a", encoding: "gzip" }] },
      "files[0].encoding: expected no value where format is ignition",
      ignition,
    ],
    [
      { initConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 9 } } },
      "joinConfiguration.timeouts.controlPlaneComponentHealthCheckSeconds: expected the value of initConfiguration",
    ],
    [
      { joinConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 9 } } },
      "joinConfiguration.timeouts.controlPlaneComponentHealthCheckSeconds: expected the value of initConfiguration",
    ],
    [
      { clusterConfiguration: { certificateValidityPeriodDays: 20, caCertificateValidityPeriodDays: 10 } },
      "certificateValidityPeriodDays: expected at most caCertificateValidityPeriodDays (10), got 20",
    ],
    [
      { clusterConfiguration: { etcd: { local: {}, external: {} } } },
      "clusterConfiguration.etcd: expected local or external, got both",
    ],
    [
      { clusterConfiguration: { dns: { imageTag: "latest" } } },
      "dns.imageTag: expected a tag that is a version of CoreDNS",
    ],
    [
      { clusterConfiguration: { etcd: { local: { imageTag: "a b" } } } },
      "etcd.local.imageTag: expected a tag of an image",
    ],
  ])("is refused before work: %j", (kubeadm, text, featureGates = {}) =>
    expect(problems({ kubeadm }, { featureGates: JSON.stringify(featureGates) })).toEqual([
      expect.stringContaining(text),
    ]),
  );

  test("users and disks of simulated nodes are checked too", () => {
    const users = [{ name: "a", passwd: "${A}", passwdFrom: {} }];
    const diskSetup = { partitions: [{ device: "a", diskLayout: [{ percentage: 60 }, { percentage: 50 }] }] };
    expect(ofCluster({ users, diskSetup }, { backend: "inMemory", loadBalancer: undefined })).toEqual([
      expect.stringContaining("users[0]: expected passwd or passwdFrom, got both"),
      expect.stringContaining("partitions[0].diskLayout: expected at most 100 percent in all, got 110"),
    ]);
  });
});

test("refuses files that caBundle and imagePullCredentials write, where these are set", () => {
  const file = (path: string) => ({ files: [{ path, content: "a" }] });
  const [authorities, logins] = ["/usr/local/share/ca-certificates/slipway.crt", "/var/lib/kubelet/config.json"];
  const cluster = { kubeadm: file(authorities), workers: [{ name: "p", kubeadm: file(logins) }] };
  expect(problems(cluster)).toEqual([]);
  expect(problems(cluster, { caBundle: "ca.pem", imagePullCredentials: "docker" })).toEqual([
    `${key}.files[0].path: expected another path, because caBundle writes this file, got "${authorities}". Remove one of the two.`,
    `${poolKey}.files[0].path: expected another path, because imagePullCredentials writes this file, got "${logins}". Remove one of the two.`,
  ]);
});
