import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);
fakeTool("clusterctl", "true");

const lines = {
  holding:
    'TopologyReconciled|False|ClusterUpgrading|"Cluster is upgrading to v1.34.4\\n  * KubeadmControlPlane upgrading"',
  fine: 'TopologyReconciled|True|Succeeded|""',
  rolling: 'RollingOut|True|RollingOut|"1 not up-to-date"',
  notRolling: 'RollingOut|False|NotRollingOut|""',
};

/** Runs the step where kubectl's waits for these conditions fail. */
const waitFor = (conditions: string[], unmet: string, kind = "KubeadmControlPlane") => {
  writeFileSync(join(folder, "conditions"), conditions.map((line) => `${line}\n`).join(""));
  fakeTool(
    "kubectl",
    `echo "$*" >> "${join(folder, "calls")}"
     case "$*" in
       *" wait "*${unmet}*) exit 1 ;;
       *controlPlaneRef*) echo "${kind}.controlplane.cluster.x-k8s.io/one-abcde" ;;
       *go-template*) cat "${join(folder, "conditions")}" ;;
     esac`,
  );
  const { status, stdout, stderr } = spawnSync("bash", ["steps/wait-for-topology"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CLUSTER: "one", NAMESPACE: "team", TIMEOUT: "0m" },
  });
  return { status, stdout, stderr };
};

describe("wait-for-topology", () => {
  test("ends when Cluster API has applied the topology and the control plane rolls no longer", () => {
    expect(waitFor([lines.fine, lines.notRolling], "condition=nothing")).toMatchObject({
      status: 0,
      stdout: "reconciled\n",
    });
  });

  test("names what holds the topology in one line, with the condition that was awaited", () => {
    const { status, stderr } = waitFor([lines.holding, lines.notRolling], "condition=TopologyReconciled");
    expect(status).toBe(1);
    expect(stderr.split("\n")[0]).toBe(
      "topology of cluster one: expected condition=TopologyReconciled=True of clusters.cluster.x-k8s.io/one within 0m, " +
        "got TopologyReconciled: ClusterUpgrading: Cluster is upgrading to v1.34.4 * KubeadmControlPlane upgrading",
    );
  });

  test("waits for the control plane itself, whose name Cluster API chooses", () => {
    const { status, stderr } = waitFor([lines.fine, lines.rolling], "condition=RollingOut");
    expect(status).toBe(1);
    expect(stderr).toContain("of kubeadmcontrolplane.controlplane.cluster.x-k8s.io/one-abcde");
    expect(stderr).toContain("RollingOut: RollingOut: 1 not up-to-date");
  });

  test("leaves the rollout of another control plane to the Cluster", () => {
    expect(waitFor([lines.fine], "condition=RollingOut", "OwnControlPlane").status).toBe(0);
  });
});
