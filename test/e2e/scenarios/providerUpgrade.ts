import { pins } from "../../../setup/pins";
import { check, must, type Step } from "../harness";
import type { Inventory } from "../inventory";
import { nextCheckout, withClusterApi } from "../nextCheckout";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** The patch version behind the pinned one, or before it where there is none behind it yet. */
const next = "1.14.3";

const controllers = [
  "capi-system/capi-controller-manager",
  "capi-kubeadm-bootstrap-system/capi-kubeadm-bootstrap-controller-manager",
  "capi-kubeadm-control-plane-system/capi-kubeadm-control-plane-controller-manager",
  "capd-system/capd-controller-manager",
];

const steps = (stack: TestStack): Step[] => {
  let before: Inventory = {};
  let remove = (): void => undefined;
  const home = stack.checkout;
  return [
    {
      name: `Slipway with Cluster API ${next} and its tools`,
      run: () => {
        before = stack.inventory(["capd"]);
        const checkout = nextCheckout(withClusterApi(pins[stack.route].clusterApi, next));
        ({ remove } = checkout);
        must("scripts/slipway", ["tools"], { cwd: checkout.folder });
        stack.checkout = checkout.folder;
        stack.write("dev");
      },
    },
    {
      name: "its plan changes the providers in place, and no cluster",
      run: () => {
        const { code, stdout, stderr } = stack.slipway("plan", "--json");
        check(code === 2, `exit code 2 of plan, got ${code}\n${stdout}${stderr}`.slice(0, 4000));
        const { parts } = JSON.parse(stdout) as { parts: { part: string; change: string; reasons: string[] }[] };
        const change = Object.fromEntries(parts.map((part) => [part.part, part.change]));
        check(
          change["providers"] === "in place" &&
            change["cluster capd"] === "unchanged" &&
            change["network"] === "unchanged",
          `providers in place and the rest unchanged, got ${JSON.stringify(parts, null, 2)}`,
        );
      },
    },
    {
      name: "up exchanges the four controllers and touches nothing of the cluster",
      run: async () => {
        stack.up();
        const edited = controllers.map((name) => new RegExp(`^clusterapi Deployment ${name}$`));
        stack.expectDifference(before, ["capd"], { edited });
        for (const name of controllers) {
          const [namespace = "", deployment = ""] = name.split("/");
          const path = "jsonpath={.spec.template.spec.containers[0].image}";
          const args = ["--namespace", namespace, "get", "deployment", deployment, "--output", path];
          const image = stack.kubectl("clusterapi", ...args);
          check(image.endsWith(`:v${next}`), `${deployment} at v${next}, got ${image}`);
        }
        const providers = stack.kubectl("clusterapi", "get", "providers.clusterctl.cluster.x-k8s.io", "-A");
        check(providers.split(`v${next}`).length === 5, `four providers at v${next}, got\n${providers}`);
        await stack.answers(stack.outputs().url ?? "no URL");
        stack.upChangesNothing();
      },
    },
    {
      name: "the clusters are what the new controllers want, too: nothing rolls",
      run: () => {
        const kinds = "machinedeployments.cluster.x-k8s.io,kubeadmcontrolplanes.controlplane.cluster.x-k8s.io";
        const args = ["wait", kinds, "--all", "--for=condition=RollingOut=False", "--timeout=120s"];
        stack.kubectl("clusterapi", ...args);
        const edited = controllers.map((name) => new RegExp(`^clusterapi Deployment ${name}$`));
        stack.expectDifference(before, ["capd"], { edited });
      },
    },
    {
      name: "the update is put away",
      always: true,
      run: () => {
        stack.checkout = home;
        stack.write("dev");
        remove();
      },
    },
  ];
};

/** A newer Cluster API under clusters that run. */
export const providerUpgrade: Scenario = {
  name: "provider-upgrade",
  title: "a patch version of Cluster API exchanges the providers and touches no cluster",
  base: "dev",
  start: {},
  // Its providers are not those that other scenarios start from, so its stack is its own.
  first: () => [],
  steps,
};
