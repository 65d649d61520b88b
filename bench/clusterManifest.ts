// Prints the objects of the offline stack's cluster as one manifest, for the script that Slipway is compared with.
import { readFileSync } from "node:fs";
import { clusterObjects } from "../lib/clusterObjects";
import { imagesOf, parseManifest, toYaml } from "../lib/manifests";
import { pins } from "../setup/pins";

const images = ["calico", "metallb"].flatMap((name) =>
  imagesOf(parseManifest(readFileSync(`.tools/manifests/${name}.yaml`, "utf8"))),
);
const objects = clusterObjects({
  name: "capd",
  namespace: "default",
  kubernetesVersion: `v${pins.source.kubernetes}`,
  controlPlaneReplicas: 1,
  workerPools: [{ name: "md-0", replicas: 1 }],
  podCidr: "192.168.0.0/16",
  serviceCidr: "10.128.0.0/12",
  serviceDomain: "cluster.local",
  nodeImage: `kindest/node:v${pins.source.kubernetes}`,
  preLoadImages: [...images, `nginx:${pins.source.nginx}`],
  backend: "docker",
});
const { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, workers } = objects;
const pools = workers.flatMap((pool) => [pool.machineTemplate, pool.bootstrapTemplate, pool.deployment]);
console.log([infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, ...pools].map(toYaml).join("---\n"));
