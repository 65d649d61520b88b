import { expect, test } from "@jest/globals";
import { readYaml } from "../../../lib/kubernetes/yaml";
import { kindConfig } from "../../../lib/providers/kindConfig";

test("is one IPv4 node with Docker's socket", () => {
  const socket = "/var/run/docker.sock";
  expect(readYaml(kindConfig())).toEqual([
    {
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      networking: { ipFamily: "ipv4" },
      nodes: [{ role: "control-plane", extraMounts: [{ hostPath: socket, containerPath: socket }] }],
    },
  ]);
});

test("has the mounts after Docker's socket, and the ports", () => {
  const mount = { hostPath: "/a", containerPath: "/b", readOnly: true };
  const port = { hostPort: 80, containerPort: 30080, protocol: "TCP", listenAddress: "127.0.0.1" } as const;
  const [config] = readYaml(kindConfig({ mounts: [mount], ports: [port], dualStack: true }));
  expect(config).toMatchObject({
    networking: { ipFamily: "dual" },
    nodes: [{ extraMounts: [{ hostPath: "/var/run/docker.sock" }, mount], extraPortMappings: [port] }],
  });
});
