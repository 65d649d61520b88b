import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);
fakeTool("clusterctl", "true");

/** MachineDeployment and MachineSets: kind, name, deployment, wanted and present replicas, names of the templates. */
const current = ["MachineDeployment|one-md-0||1|1|b i v1.34.4", "MachineSet|one-md-0-xxxxx|one-md-0|1|1|b i v1.34.4"];

/** Runs the step where kubectl shows these nodes: name, kind of the owner, owner, version, Ready. */
const waitFor = (
  nodes: [string, string, string, string, string][],
  environment: Record<string, string> = {},
  sets = current,
  owners: string[] = [],
  machinePools: string[] = [],
) => {
  const lines = nodes.map(([name, kind, owner, version, ready]) => `${name}|${kind}|${owner}|${version} ${ready}`);
  writeFileSync(join(folder, "nodes"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(join(folder, "sets"), sets.map((line) => `${line}\n`).join(""));
  writeFileSync(join(folder, "owners"), owners.map((line) => `${line}\n`).join(""));
  writeFileSync(join(folder, "pools"), machinePools.map((line) => `${line}\n`).join(""));
  fakeTool(
    "kubectl",
    `echo "$*" >> "${join(folder, "calls")}"
    case "$*" in *devmachines*) cat "${join(folder, "pools")}" ;; *"get crd"*) echo "machinedeployments.cluster.x-k8s.io " ;; *"node-group-min-size}"*) [[ "$*" != *"get machinedeployments"* ]] || cat "${join(folder, "owners")}" ;; *machinesets*) cat "${join(folder, "sets")}" ;; *"get nodes"*jsonpath*) cat "${join(folder, "nodes")}" ;; *"rollout status"*broken*) exit 1 ;; esac`,
  );
  const { status, stdout, stderr } = spawnSync("bash", ["steps/wait-for-nodes"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      CLUSTER: "one",
      NAMESPACE: "default",
      NODES: "2",
      OWNERS: "one-control-plane one-md-0",
      VERSION: "1.34.4",
      DAEMON_SETS: "",
      WORKLOAD_KUBECONFIG: "none",
      TIMEOUT: "0m",
      ...environment,
    },
  });
  return { status, stdout, stderr };
};

const controlPlane: [string, string, string, string, string] = [
  "one-control-plane-aaaaa",
  "KubeadmControlPlane",
  "one-control-plane",
  "v1.34.4",
  "True",
];
const worker = (name: string, set: string, version = "v1.34.4", ready = "True"): typeof controlPlane => [
  name,
  "MachineSet",
  set,
  version,
  ready,
];

describe("wait-for-nodes", () => {
  test("counts the replicas of the owners where the autoscaler sets the replicas of a pool", () => {
    const nodes = [controlPlane, worker("one-md-0-a", "one-md-0-xxxxx")];
    const owners = (...bounds: string[]) => [
      "KubeadmControlPlane|one-control-plane|1|||",
      `MachineDeployment|one-md-0|${bounds.join("|")}|DevMachineTemplate`,
    ];
    expect(waitFor(nodes, { NODES: "4" }, current, owners("1", "1", "5")).status).toBe(0);
    expect(waitFor(nodes, { NODES: "4" }, current, owners("1", "", "")).status).not.toBe(0);
    expect(waitFor(nodes, { NODES: "4" }, current, owners("2", "1", "5")).stderr).toContain("there are not 3 nodes");
  });

  test("scales a pool below the minimum of its autoscaler to the minimum", () => {
    rmSync(join(folder, "calls"), { force: true });
    waitFor([controlPlane], {}, current, ["MachineDeployment|one-md-0|1|2|5|", "MachineDeployment|two-a|0|1|2|"]);
    const calls = readFileSync(join(folder, "calls"), "utf8").split("\n");
    expect(calls.filter((call) => call.includes(" scale "))).toEqual([
      "--namespace default scale machinedeployments.cluster.x-k8s.io/one-md-0 --replicas=2",
    ]);
  });

  test("counts the nodes of the pool's present kind, where an earlier pool of the name still exists", () => {
    const nodes = (kind: string): (typeof controlPlane)[] => [
      controlPlane,
      [`${kind}-node`, kind, kind === "MachineSet" ? "one-md-0-xxxxx" : "one-md-0", "v1.34.4", "True"],
    ];
    const owners = ["MachineDeployment|one-md-0|1|||DevMachineTemplate", "MachinePool|one-md-0|1|||DevMachinePool"];
    const pools = { OWNERS: "one-control-plane", MACHINE_POOLS: "one-md-0" };
    expect(waitFor(nodes("MachinePool"), pools, current, owners).status).toBe(0);
    expect(waitFor(nodes("MachineSet"), pools, current, owners).status).toBe(1);
    expect(waitFor(nodes("MachinePool"), {}, current, owners).status).toBe(1);
    expect(waitFor(nodes("MachineSet"), {}, current, owners).status).toBe(0);
    // A template may have MachinePools too, whose names are among the owners.
    expect(waitFor(nodes("MachinePool"), {}, current, ["MachinePool|one-md-0|1|||AWSMachinePool"]).status).toBe(0);
  });

  test("waits until each machine of a MachinePool has the image of its infrastructure", () => {
    const nodes: (typeof controlPlane)[] = [controlPlane, ["a", "MachinePool", "one-mp-0", "v1.34.4", "True"]];
    const pools = { OWNERS: "one-control-plane", MACHINE_POOLS: "one-mp-0" };
    const owners = ["MachinePool|one-mp-0|1|||DevMachinePool"];
    const machine = (image: string): string[] => ["DevMachinePool|one-mp-0||new", `DevMachine|a|one-mp-0|${image}`];
    expect(waitFor(nodes, pools, current, owners, machine("new")).status).toBe(0);
    expect(waitFor(nodes, pools, current, owners, machine("old")).status).toBe(1);
  });

  test("gives the names of the nodes once they are what is wanted", () => {
    const { status, stdout } = waitFor([controlPlane, worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx")]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "one-control-plane-aaaaa\none-md-0-xxxxx-11111\n" });
  });

  test("does not wait for a pool that is no longer asked for: Pulumi deletes it only after this step", () => {
    const going = worker("one-batch-yyyyy-22222", "one-batch-yyyyy");
    const { status, stdout } = waitFor([controlPlane, worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx"), going]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "one-control-plane-aaaaa\none-md-0-xxxxx-11111\n" });
  });

  test("waits for the pod network on the nodes, and fails with its name where it does not run", () => {
    const nodes = [controlPlane, worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx")];
    expect(waitFor(nodes, { DAEMON_SETS: "kube-system/network" }).status).toBe(0);
    const { status, stderr } = waitFor(nodes, { DAEMON_SETS: "kube-system/broken" });
    expect(status).toBe(1);
    expect(stderr).toContain("the pods of kube-system/broken do not run on every node");
  });

  test("waits for a rollout that the conditions do not know of yet", () => {
    const nodes = [controlPlane, worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx")];
    const [, old = ""] = current;
    const changed = "MachineDeployment|one-md-0||1|1|changed i v1.34.4";
    const next = "MachineSet|one-md-0-yyyyy|one-md-0|1|1|changed i v1.34.4";
    const empty = old.replace("|1|1|", "|0||");
    expect(waitFor(nodes, {}, [changed, old]).status).toBe(1);
    expect(waitFor(nodes, {}, [changed, next, old]).status).toBe(1);
    expect(waitFor(nodes, {}, [changed, next, old.replace("|1|1|", "|0|1|")]).stderr).toContain("current templates");
    expect(waitFor(nodes, {}, [changed, next, empty]).status).toBe(0);
  });

  test("tells pools apart of which one is named like the beginning of the other", () => {
    const longer = worker("one-md-0-gpu-yyyyy-22222", "one-md-0-gpu-yyyyy");
    expect(waitFor([controlPlane, longer]).status).toBe(1);
    expect(waitFor([controlPlane, longer], { OWNERS: "one-control-plane one-md-0-gpu" }).status).toBe(0);
  });

  test.each([
    ["a node that leaves", [worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx"), worker("old", "one-md-0-xxxxx")]],
    ["another version", [worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx", "v1.33.4")]],
    ["a node that is not Ready", [worker("one-md-0-xxxxx-11111", "one-md-0-xxxxx", "v1.34.4", "False")]],
    ["a node that Cluster API does not know yet", [["one-md-0-xxxxx-11111", "", "", "v1.34.4", "True"]]],
    ["too few nodes", []],
  ] as [string, (typeof controlPlane)[]][])(
    "waits for %s, and says after the timeout what is missing",
    (_, workers) => {
      const { status, stderr } = waitFor([controlPlane, ...workers]);
      expect(status).toBe(1);
      expect(stderr).toContain("there are not 2 nodes Ready at v1.34.4");
    },
  );
});

describe("wait-for-nodes for a cluster with a class", () => {
  test("finds the owners that Cluster API made, by their labels", () => {
    writeFileSync(
      join(folder, "nodes"),
      "one-abcde-1|KubeadmControlPlane|one-abcde|v1.34.4 True\none-md-0-fghij-k-1|MachineSet|one-md-0-fghij-k|v1.34.4 True\n",
    );
    writeFileSync(join(folder, "sets"), "");
    writeFileSync(join(folder, "owners"), "");
    fakeTool(
      "kubectl",
      `case "$*" in
        *"get crd"*) echo "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io machinedeployments.cluster.x-k8s.io " ;;
        *kubeadmcontrolplanes*topology.cluster.x-k8s.io/owned*) echo -n "one-abcde " ;;
        *machinedeployments*topology.cluster.x-k8s.io/owned*) echo -n "one-md-0-fghij " ;;
        *"get nodes"*jsonpath*) cat "${join(folder, "nodes")}" ;;
      esac`,
    );
    const run = (nodes: string) =>
      spawnSync("bash", ["steps/wait-for-nodes"], {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          CLUSTER: "one",
          NAMESPACE: "default",
          NODES: nodes,
          VERSION: "1.34.4",
          DAEMON_SETS: "",
          WORKLOAD_KUBECONFIG: "none",
          TIMEOUT: "0m",
        },
      });
    expect(run("2").stdout).toBe("one-abcde-1\none-md-0-fghij-k-1\n");
    expect(run("3").status).toBe(1);
  });
});
