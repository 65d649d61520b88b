import { beforeAll, describe, expect, test } from "@jest/globals";
import { controlPlaneDone, machinesChecksum, type OwnerParts } from "../../../../lib/cluster/parts";
import { templateParts } from "../../../../lib/cluster/template/parts";
import type { TemplateCluster } from "../../../../lib/cluster/template/problems";
import { type KubernetesObject, objectKey } from "../../../../lib/kubernetes/object";
import { SecretValue } from "../../../../lib/kubernetes/secrets/secretValue";
import { parseNetworks } from "../../../../lib/network/parse";
import { misfits } from "../../../helpers/crdSchema";
import { downloadTimeout, providerModule, type ProviderModule } from "../../../helpers/providerModule";
import { realCrds } from "../../../helpers/realManifests";

const cluster: TemplateCluster = {
  name: "east",
  namespace: "team",
  kubernetesVersion: "1.34.4",
  controlPlaneReplicas: 3,
  workerPools: [{ name: "md-0", replicas: 2 }],
  podCidr: parseNetworks("192.168.0.0/16"),
  serviceCidr: parseNetworks("10.128.0.0/12"),
  serviceDomain: "cluster.local",
};

const setting = "templateVariables of cluster east";
const render = (text: string, variables: Record<string, string>, change: Partial<TemplateCluster> = {}, secrets = {}) =>
  templateParts(text, "their.yaml", { ...cluster, ...change }, { variables, secrets, setting }) as OwnerParts;
const all = ({ cluster: one, infrastructure, controlPlane, workers, supporting }: OwnerParts): KubernetesObject[] => [
  one,
  infrastructure,
  ...[controlPlane, ...workers].flatMap(({ owner, templates }) => [owner, ...templates]),
  ...supporting,
];
const keys = (objects: KubernetesObject[]): string[] => objects.map((object) => objectKey(object));

interface Published {
  provider: string;
  module: string;
  variables: Record<string, string>;
  infrastructure: string;
  controlPlane: RegExp[];
  worker: RegExp[];
  supporting: string[];
}

const hash = "[0-9a-f]{8}";
const published: Published[] = [
  {
    provider: "AWS",
    module: "sigs.k8s.io/cluster-api-provider-aws/v2",
    variables: {
      AWS_REGION: "eu-central-1",
      AWS_SSH_KEY_NAME: "ops",
      AWS_CONTROL_PLANE_MACHINE_TYPE: "t3.large",
      AWS_NODE_MACHINE_TYPE: "t3.large",
    },
    infrastructure: "AWSCluster/team/east",
    controlPlane: [new RegExp(`^AWSMachineTemplate/team/east-control-plane-${hash}$`)],
    worker: [
      new RegExp(`^KubeadmConfigTemplate/team/east-md-0-${hash}$`),
      new RegExp(`^AWSMachineTemplate/team/east-md-0-${hash}$`),
    ],
    supporting: [
      "ClusterResourceSet/team/crs-ccm",
      "ClusterResourceSet/team/crs-csi",
      "ConfigMap/team/cloud-controller-manager-addon",
      "ConfigMap/team/aws-ebs-csi-driver-addon",
    ],
  },
  {
    provider: "Azure",
    module: "sigs.k8s.io/cluster-api-provider-azure",
    variables: {
      CLUSTER_IDENTITY_NAME: "slipway",
      AZURE_LOCATION: "westeurope",
      AZURE_SUBSCRIPTION_ID: "0a-00",
      AZURE_TENANT_ID: "1b-11",
      AZURE_CLIENT_ID_USER_ASSIGNED_IDENTITY: "2c-22",
      AZURE_CONTROL_PLANE_MACHINE_TYPE: "Standard_D2s_v3",
      AZURE_NODE_MACHINE_TYPE: "Standard_D2s_v3",
    },
    infrastructure: "AzureCluster/team/east",
    // Their controller makes a Secret <template>-azure-json, which the template's files name.
    controlPlane: [/^AzureMachineTemplate\/team\/east-control-plane$/],
    worker: [new RegExp(`^KubeadmConfigTemplate/team/east-md-0-${hash}$`), /^AzureMachineTemplate\/team\/east-md-0$/],
    supporting: ["AzureClusterIdentity/team/slipway"],
  },
  {
    provider: "GCP",
    module: "sigs.k8s.io/cluster-api-provider-gcp",
    variables: {
      GCP_PROJECT: "p",
      GCP_REGION: "europe-west3",
      GCP_NETWORK_NAME: "default",
      GCP_CONTROL_PLANE_MACHINE_TYPE: "n2-standard-2",
      GCP_NODE_MACHINE_TYPE: "n2-standard-2",
      IMAGE_ID: "projects/p/global/images/ubuntu",
    },
    infrastructure: "GCPCluster/team/east",
    controlPlane: [new RegExp(`^GCPMachineTemplate/team/east-control-plane-${hash}$`)],
    worker: [
      new RegExp(`^KubeadmConfigTemplate/team/east-md-0-${hash}$`),
      new RegExp(`^GCPMachineTemplate/team/east-md-0-${hash}$`),
    ],
    supporting: [],
  },
];

describe.each(published)("$provider's published template", ({ module, variables, ...expected }) => {
  let theirs: ProviderModule;
  beforeAll(() => {
    theirs = providerModule(module);
  }, downloadTimeout);
  const parts = (change: Partial<TemplateCluster> = {}, more: Record<string, string> = {}): OwnerParts =>
    render(theirs.template, { ...variables, ...more }, change);
  const spec = (object: KubernetesObject | undefined) => object?.["spec"] as Record<string, never>;

  test("is a Cluster with its infrastructure, control plane, workers and the rest", () => {
    const { cluster: one, infrastructure, controlPlane, workers, supporting } = parts();
    expect(keys([one, infrastructure, controlPlane.owner])).toEqual([
      "Cluster/team/east",
      expected.infrastructure,
      "KubeadmControlPlane/team/east-control-plane",
    ]);
    expect(keys(controlPlane.templates)).toEqual(expected.controlPlane.map((key) => expect.stringMatching(key)));
    expect(workers.map(({ owner }) => objectKey(owner))).toEqual(["MachineDeployment/team/east-md-0"]);
    expect(keys(workers[0]!.templates)).toEqual(expected.worker.map((key) => expect.stringMatching(key)));
    expect(keys(supporting)).toEqual(expected.supporting);
  });

  test("has the settings' version, counts and networks", () => {
    const { cluster: one, controlPlane, workers, nodes } = parts();
    expect(spec(controlPlane.owner)).toMatchObject({ replicas: 3, version: "v1.34.4" });
    expect(spec(workers[0]?.owner)).toMatchObject({ replicas: 2, template: { spec: { version: "v1.34.4" } } });
    expect(nodes).toBe(5);
    expect(spec(one)["clusterNetwork"]).toEqual({
      pods: { cidrBlocks: ["192.168.0.0/16"] },
      services: { cidrBlocks: ["10.128.0.0/12"] },
      serviceDomain: "cluster.local",
    });
  });

  test("has no reference to an object that is not there", () => {
    const objects = all(parts());
    const known = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const referred: string[] = [];
    JSON.stringify(objects, (key, value: { kind?: string; name?: string } | undefined) => {
      if (/Ref$/.test(key) && value?.kind && value.name) referred.push(`${value.kind}/${value.name}`);
      return value;
    });
    expect(referred.length).toBeGreaterThanOrEqual(5);
    expect(known).toEqual(expect.arrayContaining(referred));
  });

  test("fits the kinds of its provider and of Cluster API", async () => {
    const crds = [...theirs.crds, ...(await realCrds())];
    const custom = all(parts()).filter(({ apiVersion }) => /(^|\.)cluster\.x-k8s\.io\//.test(apiVersion));
    expect(custom.length).toBeGreaterThanOrEqual(7);
    expect(custom.flatMap((object) => misfits(object, crds))).toEqual([]);
  });

  test("names every variable without a value in one error", () => {
    expect(() => render(theirs.template, {})).toThrow(
      new RegExp(
        Object.keys(variables)
          .sort()
          .map((name) => `templateVariables of cluster east\\.${name}`)
          .join(", "),
      ),
    );
  });

  test("is waited for by the control plane's own conditions", () => {
    const { owner } = parts().controlPlane;
    expect(owner.apiVersion).toBe("controlplane.cluster.x-k8s.io/v1beta1");
    expect(controlPlaneDone(owner)).toEqual([
      'jsonpath={.status.v1beta2.conditions[?(@.type=="Initialized")].status}=True',
      'jsonpath={.status.v1beta2.conditions[?(@.type=="RollingOut")].status}=False',
    ]);
  });

  test("of another version is the same objects, and another checksum of its machines", () => {
    const [before, after] = [parts(), parts({ kubernetesVersion: "1.34.5" })];
    expect(keys(all(after))).toEqual(keys(all(before)));
    expect(machinesChecksum(after)).not.toBe(machinesChecksum(before));
  });

  test("with another pod network than it states is refused by the name of the setting", () => {
    expect(() => parts({ podCidr: parseNetworks("10.0.0.0/16") })).toThrow(
      /^podCidr: expected 192.168.0.0\/16, which their.yaml states for cluster east, got "10.0.0.0\/16"\. Set podCidr/,
    );
  });
});

const small = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: "\${CLUSTER_NAME}"}
spec:
  clusterNetwork: {pods: {cidrBlocks: ["\${POD_CIDR}"]}}
  infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: OwnCluster, name: "\${CLUSTER_NAME}"}
  controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: "\${CLUSTER_NAME}-cp"}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OwnCluster
metadata: {name: "\${CLUSTER_NAME}", namespace: default}
spec: {password: "\${PASSWORD}", size: "\${SIZE:=small}"}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlane
metadata: {name: "\${CLUSTER_NAME}-cp"}
spec:
  replicas: \${CONTROL_PLANE_MACHINE_COUNT}
  machineTemplate: {spec: {infrastructureRef: {kind: OwnMachineTemplate, name: machines}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OwnMachineTemplate
metadata: {name: machines}
spec: {template: {spec: {size: "\${SIZE:=small}"}}}
`;

describe("a template", () => {
  test("takes the settings' networks where it names their variables", () => {
    const { cluster: one } = render(small, { PASSWORD: "x" }, { podCidr: parseNetworks("10.0.0.0/16") });
    expect(one["spec"]).toMatchObject({ clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/16"] } } });
  });

  test("counts an object once that it has with and without the cluster's namespace", () => {
    const map = (namespace: string, data: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more${namespace}}\ndata: {a: ${data}}\n`;
    const text = [small, map("", "b"), map(', namespace: "${NAMESPACE}"', "b")].join("\n---\n");
    expect(keys(render(text, { PASSWORD: "x" }).supporting)).toEqual(["ConfigMap/team/more"]);
    expect(() => render(text.replace(/b}\n$/, "c}\n"), { PASSWORD: "x" })).toThrow(
      /^ConfigMap\/team\/more: expected one definition.*document 5 of their\.yaml, and document 6 of their\.yaml/,
    );
  });

  test("of machines is named by its content, wherever it is referred to", () => {
    const names = ["small", "large"].map((SIZE) => {
      const { owner, templates } = render(small, { PASSWORD: "x", SIZE }).controlPlane;
      const { name } = templates[0]!.metadata;
      expect(owner["spec"]).toMatchObject({ machineTemplate: { spec: { infrastructureRef: { name } } } });
      return name;
    });
    expect(names[0]).toMatch(/^machines-[0-9a-f]{8}$/);
    expect(names[1]).not.toBe(names[0]);
  });

  test("keeps secrets marked, and apart from everything else", () => {
    const parts = render(small, {}, {}, { PASSWORD: "s3cret: [" });
    expect(parts.infrastructure["spec"]).toEqual({ password: new SecretValue("s3cret: ["), size: "small" });
    expect(JSON.stringify(parts).split("s3cret")).toHaveLength(2);
  });

  test("shows no secret in an error", () => {
    const broken = small.replace('password: "${PASSWORD}"', "password: ${PASSWORD}");
    expect(() => render(broken, {}, {}, { PASSWORD: "s3cret: [" })).toThrow(
      /^(?!.*s3cret)their\.yaml: expected valid YAML with the values of templateSecrets filled in/s,
    );
    const named = small.replace('{name: "${CLUSTER_NAME}", namespace: default}', '{name: "${PASSWORD}"}');
    expect(() => render(named, {}, {}, { PASSWORD: "s3cret" })).toThrow(
      /^(?!.*s3cret)their\.yaml: expected secret variables \(PASSWORD\) only in values outside apiVersion, kind and metadata, got one/s,
    );
  });

  test.each([
    ["adds a top-level field", "spec: ${PASSWORD}", "x\nfoo: s3cret"],
    ["is the name of a top-level field", 'spec: {}\n"${PASSWORD}": {}', "s3cret"],
    ["is a label", 'spec: {}\nmetadata: {name: other, labels: {a: "${PASSWORD}"}}', "s3cret"],
    ["adds an object", "spec: ${PASSWORD}", "x\n---\napiVersion: v1\nkind: A\nmetadata: {name: s3cret}"],
  ])("names only the secret that %s", (_, fields, PASSWORD) => {
    const hasMetadata = fields.includes("metadata");
    const metadata = hasMetadata ? "" : "metadata: {name: other}\n";
    const wrong = `${small}---\napiVersion: own.io/v1\nkind: Other\n${metadata}${fields}\n`;
    const text = wrong.replace('password: "${PASSWORD}"', 'password: "${CORRECT}"');
    expect(() => render(text, {}, {}, { PASSWORD, CORRECT: "s3cret-too" })).toThrow(
      "their.yaml: expected secret variables (PASSWORD) only in values outside apiVersion, kind and metadata, " +
        "got one elsewhere or one that changes the number of objects or their top-level fields. " +
        "Move that variable to templateVariables of cluster east.",
    );
  });

  test("accepts a secret as a key below a field", () => {
    const text = `${small}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata: {"\${PASSWORD}": a}\n`;
    const { supporting } = render(text, {}, {}, { PASSWORD: "s3cret" });
    expect(supporting[0]?.["data"]).toEqual(new SecretValue({ s3cret: "a" }));
  });

  test("with another control plane waits for the field of either contract of Cluster API", () => {
    const owner = { apiVersion: "controlplane.example.org/v1", kind: "OwnControlPlane", metadata: { name: "a" } };
    const [condition = ""] = controlPlaneDone(owner);
    expect(condition).toContain("$.status.initialized==true ||");
    expect(condition).toContain("|| $.status.initialization.controlPlaneInitialized==true");
    // The plugin takes the part after the only single "=" as a value, and `[?` as a filter.
    expect(condition).toMatch(/^jsonpath=\{\.status\[\?\([^=]*(==[^=]+)*\)\]\}$/);
  });

  test.each([
    ["without its parts", small.replace(/ {2}infrastructureRef.*\n {2}controlPlaneRef.*\n/, "  paused: false\n"), 2],
    ["with another name", small.replace("${CLUSTER_NAME}", "other"), 1],
    ["without a Cluster", small.slice(small.indexOf("---") + 4), 1],
  ])("%s is refused", (_, text, count) => {
    let message = "";
    try {
      render(text, { PASSWORD: "x" });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split("\n")).toHaveLength(count);
    expect(message).toMatch(/^their\.yaml: expected .*, got /);
  });
});
