// Prints the objects of the offline stack's cluster as one manifest, for the script that Slipway is compared with.
import { readFileSync } from "node:fs";
import { clusterObjects } from "../../lib/cluster/objects";
import { seedCluster } from "../../lib/cluster/seedCluster";
import { parseManifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, imagesOf } from "../../lib/kubernetes/object";
import { toYaml } from "../../lib/kubernetes/yaml";
import { pins } from "../../lib/versions/pins";

const images = ["calico", "metallb"].flatMap((name) =>
  imagesOf(parseManifest(readFileSync(`.tools/manifests/${name}.yaml`, "utf8"))),
);
const objects = clusterObjects({
  ...seedCluster,
  kubernetesVersion: `v${pins.source.kubernetes}`,
  nodeImage: `kindest/node:v${pins.source.kubernetes}`,
});
const { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, workers } = objects;
/** Slipway's nodes have an image with these in it; the script's get them one by one before kubeadm. */
const preLoadImages = [...new Set([...images, `nginx:${pins.source.nginx}`])].sort();
const preLoading = (template: KubernetesObject): KubernetesObject => {
  const copy = structuredClone(template) as KubernetesObject & {
    spec: { template: { spec: { backend: { docker: object } } } };
  };
  Object.assign(copy.spec.template.spec.backend.docker, { preLoadImages });
  return copy;
};

const pools = workers.flatMap((pool) => [preLoading(pool.machineTemplate), pool.bootstrapTemplate, pool.deployment]);
console.log(
  [infrastructureCluster, cluster, preLoading(controlPlaneTemplate), controlPlane, ...pools].map(toYaml).join("---\n"),
);
