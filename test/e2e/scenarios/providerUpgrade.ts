import { pins } from "../../../lib/versions/pins";
import { check, must, type Step } from "../harness";
import type { Inventory } from "../inventory";
import { otherCheckout, withClusterApi } from "../otherCheckout";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** A patch version before the pinned one. */
const earlier = "1.14.1";

const controllers = [
  "capi-system/capi-controller-manager",
  "capi-kubeadm-bootstrap-system/capi-kubeadm-bootstrap-controller-manager",
  "capi-kubeadm-control-plane-system/capi-kubeadm-control-plane-controller-manager",
  "capd-system/capd-controller-manager",
];

const home = process.cwd();
let removeCheckout = (): void => undefined;

/** The four controllers and clusterctl's inventory are of a version. */
const providersAre = (stack: TestStack, version: string): void => {
  for (const name of controllers) {
    const [namespace = "", deployment = ""] = name.split("/");
    const path = "jsonpath={.spec.template.spec.containers[0].image}";
    const args = ["--namespace", namespace, "get", "deployment", deployment, "--output", path];
    const image = stack.kubectl("clusterapi", ...args);
    check(image.endsWith(`:v${version}`), `${deployment} at v${version}, got ${image}`);
  }
  const kind = "providers.clusterctl.cluster.x-k8s.io";
  const args = ["get", kind, "--all-namespaces", "--output", "jsonpath={.items[*].version}"];
  const output = stack.kubectl("clusterapi", ...args);
  check(output === Array(4).fill(`v${version}`).join(" "), `four providers at v${version}, got ${output}`);
};

const steps = (stack: TestStack): Step[] => {
  const pinned = pins[stack.route].clusterApi;
  const edited = controllers.map((name) => new RegExp(`^clusterapi Deployment ${name}$`));
  let before: Inventory = {};
  return [
    {
      name: `Cluster API ${earlier} runs; with ${pinned} the providers change in place, and no cluster does`,
      run: () => {
        providersAre(stack, earlier);
        before = stack.inventory(["capd"]);
        stack.checkout = home;
        stack.write("dev");
        const { code, stdout, stderr } = stack.slipway("plan", "--json");
        check(code === 2, `exit code 2 of plan, got ${code}\n${stdout}${stderr}`.slice(0, 4000));
        const { parts } = JSON.parse(stdout) as { parts: { part: string; change: string; reasons: string[] }[] };
        const change = Object.fromEntries(parts.map((part) => [part.part, part.change]));
        const right = change["providers"] === "in place" && change["cluster capd"] === "unchanged";
        check(right, `providers in place and the cluster unchanged, got ${JSON.stringify(parts, null, 2)}`);
      },
    },
    {
      name: "up exchanges the four controllers and touches nothing of the cluster",
      run: async () => {
        stack.up();
        providersAre(stack, pinned);
        stack.expectDifference(before, ["capd"], { edited });
        await stack.answers(stack.outputs().url ?? "no URL");
        stack.upChangesNothing();
      },
    },
    {
      name: "the new controllers want nothing else of the cluster either: no machine is exchanged",
      run: () => {
        const kinds = "machinedeployments.cluster.x-k8s.io,kubeadmcontrolplanes.controlplane.cluster.x-k8s.io";
        const args = ["wait", kinds, "--all", "--for=condition=RollingOut=False", "--timeout=120s"];
        stack.kubectl("clusterapi", ...args);
        stack.expectDifference(before, ["capd"], { edited });
      },
    },
    {
      name: "the checkout of before is put away",
      always: true,
      run: () => {
        stack.checkout = home;
        stack.write("dev");
        removeCheckout();
      },
    },
  ];
};

/** A newer Cluster API under a cluster that runs. */
export const providerUpgrade: Scenario = {
  name: "provider-upgrade",
  title: "a patch version of Cluster API exchanges the providers and touches no cluster",
  base: "dev",
  start: {},
  first: (stack) => [
    {
      name: `a checkout from before an update, with Cluster API ${earlier} and its tools`,
      run: () => {
        const { folder, remove } = otherCheckout(withClusterApi(pins[stack.route].clusterApi, earlier));
        removeCheckout = remove;
        must("scripts/slipway", ["tools"], { cwd: folder });
        stack.checkout = folder;
        stack.write("dev");
      },
    },
  ],
  steps,
};
