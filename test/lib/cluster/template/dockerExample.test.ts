import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { OwnerParts } from "../../../../lib/cluster/parts";
import { templateParts } from "../../../../lib/cluster/template/parts";
import { type KubernetesObject, objectKey } from "../../../../lib/kubernetes/object";
import { readSettings } from "../../../../lib/settings/settings";
import type { ClusterSettings } from "../../../../lib/settings/types";
import { pins } from "../../../../lib/versions/pins";
import { misfits } from "../../../helpers/crdSchema";
import { downloadTimeout, moduleFolder } from "../../../helpers/providerModule";
import { realCrds } from "../../../helpers/realManifests";

const version = `v${pins.release.kubernetes}`;
const hash = "[0-9a-f]{8}";
let text = "";
beforeAll(() => {
  const folder = moduleFolder("sigs.k8s.io/cluster-api/test", `v${pins.release.clusterApi}`);
  const bases = join(folder, "e2e", "data", "infrastructure-docker", "main", "bases");
  text = ["cluster-with-kcp.yaml", "md.yaml"].map((file) => readFileSync(join(bases, file), "utf8")).join("\n---\n");
}, downloadTimeout);

const clusterOf = (fields: object = {}): ClusterSettings => {
  const config = { clusters: [{ name: "east", template: "their.yaml", ...fields }] };
  return readSettings({ config, pins, templates: new Map([["their.yaml", text]]) }).clusters[0]!;
};
const partsOf = (cluster: ClusterSettings, built: Record<string, string> = {}): OwnerParts =>
  templateParts(
    text,
    "their.yaml",
    cluster,
    { variables: {}, secrets: {}, setting: "templateVariables" },
    { defaults: cluster, built },
  ) as OwnerParts;
const all = ({ cluster, infrastructure, controlPlane, workers, supporting }: OwnerParts): KubernetesObject[] => [
  cluster,
  infrastructure,
  ...[controlPlane, ...workers].flatMap(({ owner, templates }) => [owner, ...templates]),
  ...supporting,
];

describe("Cluster API's own Docker example", () => {
  test("is a Docker cluster without values for its variables", () => {
    const cluster = clusterOf();
    expect(cluster).toMatchObject({ backend: "docker", cni: "calico", loadBalancer: "metallb", application: true });
    expect(all(partsOf(cluster)).map(objectKey)).toEqual([
      "Cluster/default/east",
      "DevCluster/default/east",
      "KubeadmControlPlane/default/east-control-plane",
      expect.stringMatching(`^DevMachineTemplate/default/east-control-plane-${hash}$`),
      "MachineDeployment/default/east-md-0",
      expect.stringMatching(`^KubeadmConfigTemplate/default/east-md-0-${hash}$`),
      expect.stringMatching(`^DevMachineTemplate/default/east-md-0-${hash}$`),
    ]);
  });

  test("has the networks of the settings, one item for each family", () => {
    const families = { podCidr: "10.1.0.0/16,fd00:1::/56", serviceCidr: "10.2.0.0/16,fd00:2::/112" };
    const { cluster } = partsOf(clusterOf(families));
    expect(cluster["spec"]).toMatchObject({
      clusterNetwork: {
        pods: { cidrBlocks: ["10.1.0.0/16", "fd00:1::/56"] },
        services: { cidrBlocks: ["10.2.0.0/16", "fd00:2::/112"] },
      },
    });
  });

  test("fits the CRDs with an image that Slipway builds", async () => {
    const parts = partsOf(clusterOf(), { [`kindest/node:${version}`]: "slipway/node:built" });
    const [template] = parts.controlPlane.templates;
    expect(template?.["spec"]).toMatchObject({
      template: { spec: { backend: { docker: { customImage: "slipway/node:built", preLoadImages: [] } } } },
    });
    const crds = await realCrds();
    expect(all(parts).flatMap((object) => misfits(object, crds))).toEqual([]);
  });

  test("has another machine template with another image, and the same other objects", () => {
    const [before, after] = ["slipway/node:one", "slipway/node:two"].map((image) =>
      all(partsOf(clusterOf(), { [`kindest/node:${version}`]: image })).map(objectKey),
    );
    const changed = before?.filter((key) => !after?.includes(key)) ?? [];
    expect(changed.map((key) => key.split("/")[0])).toEqual(["DevMachineTemplate", "DevMachineTemplate"]);
  });
});
