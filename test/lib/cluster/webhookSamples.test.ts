import { expect, test } from "@jest/globals";
import { certificateSamples, clusterApiSamples } from "../../../lib/cluster/webhookSamples";
import { misfits } from "../../helpers/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

test("Cluster API's rehearsal calls a webhook of each provider", () => {
  const groups = new Set(clusterApiSamples().map(({ apiVersion }) => apiVersion.split("/")[0]));
  expect([...groups].sort()).toEqual([
    "bootstrap.cluster.x-k8s.io",
    "cluster.x-k8s.io",
    "controlplane.cluster.x-k8s.io",
    "infrastructure.cluster.x-k8s.io",
  ]);
});

test(
  "Cluster API's rehearsal fits the real CRDs",
  async () => {
    const crds = await realCrds();
    expect(clusterApiSamples().flatMap((sample) => misfits(sample, crds))).toEqual([]);
  },
  fetchTimeout,
);

test("cert-manager's rehearsal is an issuer that needs nothing", () => {
  expect(certificateSamples()).toMatchObject([{ kind: "Issuer", spec: { selfSigned: {} } }]);
});
