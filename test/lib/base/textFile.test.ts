import { describe, expect, test } from "@jest/globals";
import { decodeText, normalizedText } from "../../../lib/base/textFile";
import { templateParts } from "../../../lib/cluster/template/parts";
import { parseKubeconfig } from "../../../lib/kubernetes/kubeconfig";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import { parseNetworks } from "../../../lib/network/parse";

const utf16 = (text: string, swapped: boolean): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
  return swapped ? bytes.swap16() : bytes;
};

/** Forms in which programs of Windows write a text. */
const forms: Record<string, (text: string) => Buffer> = {
  "LF and no mark": (text) => Buffer.from(text),
  CRLF: (text) => Buffer.from(text.replaceAll("\n", "\r\n")),
  "a byte order mark": (text) => Buffer.from(`\uFEFF${text}`),
  "a byte order mark and CRLF": (text) => Buffer.from(`\uFEFF${text.replaceAll("\n", "\r\n")}`),
  "no final newline": (text) => Buffer.from(text.trimEnd()),
  "CRLF and no final newline": (text) => Buffer.from(text.trimEnd().replaceAll("\n", "\r\n")),
  "mixed line ends": (text) => Buffer.from(text.replace("\n", "\r\n")),
  "UTF-16, little endian": (text) => utf16(text, false),
  "UTF-16, big endian and CRLF": (text) => utf16(text.replaceAll("\n", "\r\n"), true),
};

const cluster = {
  ...{ name: "east", namespace: "team", kubernetesVersion: "1.34.4", serviceDomain: "cluster.local" },
  ...{ controlPlaneReplicas: 1, workerPools: [{ name: "md-0", replicas: 1 }] },
  ...{ podCidr: parseNetworks("192.168.0.0/16"), serviceCidr: parseNetworks("10.128.0.0/12") },
};

const manifest = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: texts
data:
  block: |
    first
      second
  folded: >-
    one
    line
  quoted: "a
    b"
---
apiVersion: v1
kind: Namespace
metadata: {name: other} # ü
`;

const template = `apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata:
  name: \${CLUSTER_NAME}
spec:
  infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: OwnCluster, name: own}
  controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: OwnControlPlane, name: own}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OwnCluster
metadata: {name: own}
spec:
  note: \${NOTE:=default}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: OwnControlPlane
metadata: {name: own}
spec:
  machineTemplate: {infrastructureRef: {kind: OwnMachineTemplate, name: machines}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OwnMachineTemplate
metadata: {name: machines}
spec:
  script: |
    echo \${NOTE:=default}
    true
`;

const kubeconfig = `apiVersion: v1
kind: Config
current-context: a
clusters:
- name: a
  cluster: {server: "https://127.0.0.1:6443"}
contexts:
- name: a
  context: {cluster: a, user: a}
users: []
`;

describe.each(Object.keys(forms))("a file with %s", (form) => {
  const bytes = (text: string): Buffer => forms[form]!(text);

  test("has the checksum's text of the file that git stores", () =>
    expect(normalizedText(bytes(manifest)).trimEnd()).toBe(manifest.trimEnd()));

  test("is the same manifest", () =>
    expect(parseManifest(decodeText(bytes(manifest)))).toEqual(parseManifest(manifest)));

  test("is the same template, with the same names of machine templates", () => {
    const parts = (text: string) =>
      templateParts(text, "own.yaml", cluster, { variables: {}, secrets: {}, setting: "templateVariables" });
    expect(parts(decodeText(bytes(template)))).toEqual(parts(template));
  });

  test("is the same kubeconfig", () =>
    expect(parseKubeconfig(decodeText(bytes(kubeconfig)))).toEqual(parseKubeconfig(kubeconfig)));
});

test("manifests that were joined after each had its byte order mark are read", () =>
  expect(parseManifest(`\uFEFF${manifest}---\n\uFEFF${manifest.replaceAll("name: ", "name: other-")}`)).toHaveLength(
    2 * parseManifest(manifest).length,
  ));
