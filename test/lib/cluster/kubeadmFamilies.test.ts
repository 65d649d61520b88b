import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { kubeadmFamilies } from "../../../lib/cluster/kubeadm";
import { clusterObjects } from "../../../lib/cluster/objects";
import type { ClusterSpec } from "../../../lib/cluster/spec";
import { parseNetworks } from "../../../lib/network/parse";
import { misfits } from "../../helpers/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

const ipv4 = "10.64.0.0/16";
const ipv6 = "fd00:64::/56";
const endpoint = { advertiseAddress: "::", bindPort: 6443 };
const spec: ClusterSpec = {
  name: "a",
  namespace: "default",
  kubernetesVersion: "v1.34.4",
  controlPlaneReplicas: 3,
  workerPools: [{ name: "md-0", replicas: 1, labels: { "example.org/a": "b" } }],
  podCidr: parseNetworks(ipv4),
  serviceCidr: parseNetworks("10.128.0.0/12"),
  serviceDomain: "cluster.local",
  backend: "docker",
};

test("IPv4 alone asks nothing of kubeadm", () => {
  expect(kubeadmFamilies({ podCidr: parseNetworks(ipv4) })).toEqual({
    certSANs: [],
    controlPlane: {},
    kubeletExtraArgs: [],
    preKubeadmCommands: [],
  });
});

test("IPv6 alone has every node and API server take their IPv6 address, those that join included", () => {
  const nodeRegistration = { kubeletExtraArgs: [{ name: "node-ip", value: "::" }] };
  expect(kubeadmFamilies({ podCidr: parseNetworks(ipv6) })).toEqual({
    certSANs: ["::", "::1"],
    controlPlane: {
      initConfiguration: { localAPIEndpoint: endpoint, nodeRegistration },
      joinConfiguration: { controlPlane: { localAPIEndpoint: endpoint }, nodeRegistration },
    },
    kubeletExtraArgs: nodeRegistration.kubeletExtraArgs,
    preKubeadmCommands: [],
  });
});

test("in dual stack the primary family alone decides what is advertised", () => {
  expect(kubeadmFamilies({ podCidr: parseNetworks(`${ipv4},${ipv6}`) }).controlPlane).toEqual({
    preKubeadmCommands: [expect.any(String)],
  });
  expect(kubeadmFamilies({ podCidr: parseNetworks(`${ipv6},${ipv4}`) }).controlPlane).toMatchObject({
    initConfiguration: { localAPIEndpoint: endpoint },
    joinConfiguration: { controlPlane: { localAPIEndpoint: endpoint } },
  });
});

describe("the command of a dual-stack node", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubelet-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  // A machine's `ip -o address`, with more than one address of a family.
  writeFileSync(
    join(folder, "ip"),
    `#!/bin/sh
case "$*" in
  "-4 -o address show dev eth0 scope global") echo '2: eth0 inet 172.18.0.4/16 brd 172.18.255.255 scope global eth0' ;;
  "-6 -o address show dev eth0 scope global")
    echo '2: eth0 inet6 fd00:172:18::4/64 scope global nodad'
    echo '2: eth0 inet6 fd00:172:18::5/64 scope global dynamic' ;;
  *) exit 1 ;;
esac
`,
  );
  chmodSync(join(folder, "ip"), 0o755);

  test.each([
    [`${ipv4},${ipv6}`, "172.18.0.4,fd00:172:18::4"],
    [`${ipv6},${ipv4}`, "fd00:172:18::4,172.18.0.4"],
  ])("with %s gives the kubelet %s beside what it has", (podCidr, addresses) => {
    const file = join(folder, "kubelet");
    writeFileSync(file, "KUBELET_EXTRA_ARGS=--runtime-cgroups=/system.slice/containerd.service");
    const [command] = kubeadmFamilies({ podCidr: parseNetworks(podCidr) }).preKubeadmCommands;
    expect(command).toContain("/etc/default/kubelet");
    execFileSync("sh", ["-c", command!.replace("/etc/default/kubelet", file)], {
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
    });
    expect(readFileSync(file, "utf8")).toBe(
      `KUBELET_EXTRA_ARGS=--runtime-cgroups=/system.slice/containerd.service --node-ip=${addresses}`,
    );
  });
});

describe("objects", () => {
  const parsed = ({ podCidr, serviceCidr }: Record<"podCidr" | "serviceCidr", string>) => ({
    podCidr: parseNetworks(podCidr),
    serviceCidr: parseNetworks(serviceCidr),
  });
  const families = [
    { podCidr: ipv6, serviceCidr: "fd00:128::/108" },
    { podCidr: `${ipv4},${ipv6}`, serviceCidr: "10.128.0.0/12,fd00:128::/108" },
    { podCidr: `${ipv6},${ipv4}`, serviceCidr: "fd00:128::/108,10.128.0.0/12" },
  ];

  test.each(families)(
    "with $podCidr fit the real CRDs",
    async (networks) => {
      const { infrastructureCluster, cluster, controlPlane, workers } = clusterObjects({
        ...spec,
        ...parsed(networks),
      });
      const objects = [infrastructureCluster, cluster, controlPlane, workers[0]!.bootstrapTemplate];
      const crds = await realCrds();
      expect(objects.flatMap((object) => misfits(object, crds))).toEqual([]);
    },
    fetchTimeout,
  );

  test("name a pool's labels and its address together", () => {
    const [pool] = clusterObjects({ ...spec, ...parsed(families[0]!) }).workers;
    expect(pool!.bootstrapTemplate["spec"]).toMatchObject({
      template: {
        spec: {
          joinConfiguration: {
            nodeRegistration: {
              kubeletExtraArgs: [
                { name: "node-labels", value: "example.org/a=b" },
                { name: "node-ip", value: "::" },
              ],
            },
          },
        },
      },
    });
  });

  test("of another family have other bootstrap templates, so that machines are replaced", () => {
    const names = [spec, ...families.map((networks) => ({ ...spec, ...parsed(networks) }))].map(
      (one) => clusterObjects(one).workers[0]!.bootstrapTemplate.metadata.name,
    );
    expect(new Set(names).size).toBe(4);
  });
});
