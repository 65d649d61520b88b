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
