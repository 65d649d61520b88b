import { writeFileSync } from "node:fs";
import { toYaml } from "../../../lib/kubernetes/yaml";
import { check, command, must, type Step } from "../harness";
import * as their from "../theirCluster";
import { keptCertManager } from "./keptCertManager";

/** A Cluster that someone else made with the providers of this stack. */
const foreign = {
  apiVersion: "cluster.x-k8s.io/v1beta2",
  kind: "Cluster",
  metadata: { name: "foreign", namespace: "default" },
  // An infrastructure that never comes: it is there to be in the way.
  spec: { infrastructureRef: { apiGroup: "infrastructure.cluster.x-k8s.io", kind: "DevCluster", name: "foreign" } },
};

const env = their.theirEnv;
/** What others run here is left alone, and may stand on the same network. */
let otherContainers: string[] = [];
let before: string[] = [];
let id = "";
let hasStack = false;

/** A stack on a management cluster that it did not make: about twenty minutes, on the source route's images. */
export const byoManagement: Step[] = [
  {
    name: "someone else's kind cluster is there, with Docker's socket and the images",
    run: () => {
      otherContainers = their.containerNames();
      their.createTheirCluster();
      before = their.theirContents();
      id = their.theirNodeId();
    },
  },
  {
    name: "providers that are said to be there, and are not, are missed before any work",
    run: () => {
      their.writeTheirStack({ "slipway:installProviders": "false" });
      their.pulumi("stack", "init");
      hasStack = true;
      their.expectRefusedPreview("installProviders: expected true");
      check(their.theirContents().join() === before.join(), "their cluster untouched");
    },
  },
  {
    name: "up",
    run: () => {
      their.writeTheirStack();
      must("scripts/slipway", ["up"], { env, show: true });
    },
  },
  {
    name: "the application answers, and no other management cluster runs",
    run: async () => {
      await their.expectAnswer();
      const more = their.containerNames().filter((name) => ![...otherContainers, their.theirNode].includes(name));
      check(
        more.length > 0 && more.every((name) => /^guest-/.test(name)),
        `containers of guest, got ${more.join(" ")}`,
      );
    },
  },
  {
    name: "another up changes nothing",
    run: () => void their.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"),
  },
  {
    name: "destroy stops before it deletes the kind of a cluster that someone else made",
    run: () => {
      writeFileSync(their.inFolder("foreign.yaml"), toYaml(foreign));
      their.theirKubectl("apply", "--filename", their.inFolder("foreign.yaml"));
      const { code, stdout, stderr } = command("scripts/slipway", ["destroy"], { env });
      const output = `${stdout}${stderr}`;
      check(code !== 0 && output.includes("expected no objects of others"), `a refusal, got ${output.slice(-3000)}`);
      const clusters = their.theirKubectl("get", "clusters.cluster.x-k8s.io", "-A", "--output=name").trim();
      check(clusters === "cluster.cluster.x-k8s.io/foreign", `their cluster alone, got ${clusters}`);
      their.theirKubectl("delete", "clusters.cluster.x-k8s.io", "foreign", "--timeout=60s");
    },
  },
  {
    name: "destroy",
    always: true,
    run: () => {
      if (hasStack) must("scripts/slipway", ["destroy"], { env, show: true });
    },
  },
  {
    name: "their cluster still runs, with what it had and nothing else",
    run: () => their.expectTheirCluster(before, id, otherContainers),
  },
  ...keptCertManager(() => otherContainers),
  {
    name: "their cluster is deleted",
    always: true,
    run: () => their.deleteTheirCluster(),
  },
];
