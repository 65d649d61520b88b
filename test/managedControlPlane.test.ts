import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { templateParts } from "../lib/cluster/template/parts";
import type { Settings } from "../lib/settings/types";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import type { Recording } from "./helpers/recorder";

interface Reference {
  apiVersion: string;
  kind: string;
  name: string;
}

const mockCluster = (controlPlane: Reference, infrastructure: Reference): object => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { name: "${CLUSTER_NAME}" },
  spec: { controlPlaneRef: controlPlane, infrastructureRef: infrastructure },
});

const mockObject = ({ apiVersion, kind, name }: Reference, spec: object = {}): object => ({
  ...{ apiVersion, kind },
  ...{ metadata: { name }, spec },
});

const mockInfra = (kind: string, name = "${CLUSTER_NAME}"): Reference => ({
  apiVersion: "infrastructure.cluster.x-k8s.io/v1beta2",
  ...{ kind, name },
});

const mockPlane = (kind: string, name = "${CLUSTER_NAME}-cp"): Reference => ({
  apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
  ...{ kind, name },
});

const mockPool = (
  kind: string,
  name: string,
  infrastructure: Reference,
  spec: object = {},
  annotations = {},
): object => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind,
  metadata: { name: `\${CLUSTER_NAME}-${name}`, annotations },
  spec: { clusterName: "${CLUSTER_NAME}", template: { spec: { infrastructureRef: infrastructure } }, ...spec },
});

/** Templates in the shape of providers with control planes that have no machines. */
const mockTemplates: Record<string, object[]> = {
  "eks.yaml": [
    mockCluster(mockPlane("AWSManagedControlPlane"), mockPlane("AWSManagedControlPlane")),
    mockObject(mockPlane("AWSManagedControlPlane"), { region: "r", eksClusterName: "${CLUSTER_NAME}" }),
    mockPool("MachineDeployment", "md-0", mockInfra("AWSMachineTemplate"), { replicas: 2 }),
    mockObject(mockInfra("AWSMachineTemplate"), { template: { spec: {} } }),
  ],
  "aks.yaml": [
    mockCluster(mockPlane("AzureManagedControlPlane"), mockInfra("AzureManagedCluster")),
    mockObject(mockPlane("AzureManagedControlPlane"), { identityRef: mockInfra("AzureClusterIdentity", "shared") }),
    mockObject(mockInfra("AzureManagedCluster")),
    mockObject(mockInfra("AzureClusterIdentity", "shared")),
    ...["system", "user"].flatMap((name) => [
      mockPool("MachinePool", name, mockInfra("AzureManagedMachinePool", `\${CLUSTER_NAME}-${name}`), { replicas: 3 }),
      mockObject(mockInfra("AzureManagedMachinePool", `\${CLUSTER_NAME}-${name}`)),
    ]),
  ],
  "aso.yaml": [
    mockCluster(mockInfra("AzureASOManagedControlPlane"), mockInfra("AzureASOManagedCluster")),
    mockObject(mockInfra("AzureASOManagedCluster"), {
      resources: [
        { apiVersion: "resources.azure.com/v1", kind: "ResourceGroup", metadata: { name: "${CLUSTER_NAME}" } },
      ],
    }),
    mockObject(mockInfra("AzureASOManagedControlPlane"), {
      resources: [
        { apiVersion: "containerservice.azure.com/v1", kind: "ManagedCluster", metadata: { name: "${CLUSTER_NAME}" } },
      ],
    }),
    mockPool(
      "MachinePool",
      "scaled",
      mockInfra("AzureASOManagedMachinePool", "scaled"),
      {},
      { "cluster.x-k8s.io/replicas-managed-by": "aks" },
    ),
    mockObject(mockInfra("AzureASOManagedMachinePool", "scaled")),
    mockPool("MachinePool", "fixed", mockInfra("AzureASOManagedMachinePool", "fixed"), { replicas: 1 }),
    mockObject(mockInfra("AzureASOManagedMachinePool", "fixed")),
  ],
  // Its control plane has the field by which owners of machines are found.
  "gke.yaml": [
    mockCluster(mockPlane("GCPManagedControlPlane"), mockInfra("GCPManagedCluster")),
    mockObject(mockPlane("GCPManagedControlPlane"), { clusterName: "${CLUSTER_NAME}" }),
    mockObject(mockInfra("GCPManagedCluster"), { clusterName: "${CLUSTER_NAME}" }),
    mockPool("MachinePool", "mp-0", mockInfra("GCPManagedMachinePool", "mp-0")),
    mockObject(mockInfra("GCPManagedMachinePool", "mp-0")),
  ],
  // Replicas of a control plane that runs as pods are not nodes.
  "hosted.yaml": [
    mockCluster(mockPlane("KamajiControlPlane"), mockInfra("OwnCluster")),
    mockObject(mockPlane("KamajiControlPlane"), { replicas: 3 }),
    mockObject(mockInfra("OwnCluster")),
  ],
  // A control plane of another provider whose machines are nodes.
  "machines.yaml": [
    mockCluster(mockPlane("RKE2ControlPlane"), mockInfra("OwnCluster")),
    mockObject(mockPlane("RKE2ControlPlane"), {
      replicas: 3,
      machineTemplate: { spec: { infrastructureRef: mockInfra("OwnMachineTemplate") } },
    }),
    mockObject(mockInfra("OwnCluster")),
    mockObject(mockInfra("OwnMachineTemplate")),
  ],
};

jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) =>
    Promise.resolve({
      ...inputs(settings),
      templates: Object.fromEntries(
        settings.clusters.map((cluster) => [
          cluster.name,
          templateParts(
            (mockTemplates[cluster.template?.location ?? ""] ?? [])
              .map((object) => JSON.stringify(object))
              .join("\n---\n"),
            cluster.template?.location ?? "",
            cluster,
            { variables: {}, secrets: {}, setting: "templateVariables" },
          ),
        ]),
      ),
    }),
}));
const program = jest.requireActual<Program>("..");

const run = (template: string, preview: boolean): Promise<Recording> =>
  recordProgram(program, {
    ...{ preview, stack: "empty" },
    config: {
      "slipway:clusters": JSON.stringify([
        { name: "east", template, loadBalancer: "external", kubernetesVersion: "v1.34.4" },
      ]),
      "slipway:providers": JSON.stringify([{ name: "own", version: "v1.0.0", manifest: "own-components.yaml" }]),
    },
  });

const expected: [template: string, nodes: string, version: string, more: Record<string, string>, objects: string[]][] =
  [
    ["eks.yaml", "2", "v1.34", {}, ["AWSMachineTemplate", "AWSManagedControlPlane", "Cluster", "MachineDeployment"]],
    [
      ...(["aks.yaml", "6", "v1.34", {}] as const),
      [
        ...["AzureClusterIdentity", "AzureManagedCluster", "AzureManagedControlPlane"],
        ...["AzureManagedMachinePool", "AzureManagedMachinePool", "Cluster", "MachinePool", "MachinePool"],
      ],
    ],
    [
      ...(["aso.yaml", "1", "v1.34", { SCALED_OWNERS: "east-scaled" }] as const),
      [
        ...["AzureASOManagedCluster", "AzureASOManagedControlPlane", "AzureASOManagedMachinePool"],
        ...["AzureASOManagedMachinePool", "Cluster", "MachinePool", "MachinePool"],
      ],
    ],
    [
      ...(["gke.yaml", "1", "v1.34", {}] as const),
      ["Cluster", "GCPManagedCluster", "GCPManagedControlPlane", "GCPManagedMachinePool", "MachinePool"],
    ],
    ["hosted.yaml", "0", "v1.34", {}, ["Cluster", "KamajiControlPlane", "OwnCluster"]],
    ["machines.yaml", "3", "v1.34.4", {}, ["Cluster", "OwnCluster", "OwnMachineTemplate", "RKE2ControlPlane"]],
  ];

describe.each(expected)("a cluster of %s", (template, nodes, version, more, objects) => {
  let up: Recording;
  beforeAll(async () => {
    up = await run(template, false);
  });

  test("has one resource for each object, in a preview too", async () => {
    for (const { registrations } of [up, await run(template, true)]) {
      const urns = registrations.map(({ urn }) => urn);
      expect(urns).toEqual([...new Set(urns)]);
      const kinds = registrations.flatMap(({ name }) => (name.startsWith("east/") ? [name.split("/")[1]] : []));
      expect(kinds.sort()).toEqual([...objects].sort());
    }
  });

  test("waits for the nodes that appear, at the version that the provider decides on", () => {
    const { environment } = up.find("east-nodes").inputs as { environment: Record<string, string> };
    const { SCALED_OWNERS = undefined, NODES, VERSION } = environment;
    expect({ NODES, VERSION, ...(SCALED_OWNERS ? { SCALED_OWNERS } : {}) }).toEqual({
      ...{ NODES: nodes, VERSION: version },
      ...more,
    });
  });
});
