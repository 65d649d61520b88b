import { readFileSync } from "node:fs";
import { check, type Step } from "../harness";
import { refuses } from "../refusal";
import type { TestStack } from "../testStack";
import { clusters, deleteInputs, fieldSettings, input, writeEdited } from "./manifests";

const { apart, joined } = clusters;
const earlier = { earlier: [input("earlier.yaml")] };

/** Steps with users' manifests, on clusters that have them. */
export const manifestSteps = (stack: TestStack): Step[] => {
  const valueOf = (cluster: string, object: string, path: string): string =>
    stack.kubectl(cluster, "get", ...object.split(" "), "--output", `jsonpath={${path}}`);
  const expectValue = (cluster: string, object: string, path: string, expected: string): void => {
    const value = valueOf(cluster, object, path);
    check(value === expected, `${expected} as ${path} of ${object} in ${cluster}, got ${value}`);
  };
  const resources = (): string[] => {
    const { deployment } = JSON.parse(stack.pulumi("stack", "export")) as {
      deployment: { resources: { urn: string }[] };
    };
    return deployment.resources.map(({ urn }) => urn);
  };
  return [
    {
      name: "equal objects count once",
      run: () => {
        const shops = resources().filter((urn) => urn.endsWith("/Namespace/shop"));
        check(shops.length === 1, `one Namespace shop in the state, got ${shops.join(", ")}`);
        expectValue(apart, "configmap front --namespace shop", ".data.colour", "green");
        expectValue(apart, "configmap back --namespace shop", ".data.colour", "blue");
      },
    },
    ...[apart, joined].map((cluster): Step => ({
      name: `the issuer of ${cluster} has issued a certificate`,
      run: () => {
        expectValue(cluster, "certificate web", '.status.conditions[?(@.type=="Ready")].status', "True");
        expectValue(cluster, "secret web-tls", ".type", "kubernetes.io/tls");
      },
    })),
    {
      name: "MetalLB has the user's pool beside Slipway's",
      run: () => {
        const pools = valueOf(apart, "ipaddresspools --namespace metallb-system", ".items[*].metadata.name");
        check(pools === "mine slipway", `both pools, got ${pools}`);
      },
    },
    {
      name: "a MetalLB of the user accepts a pool of another file",
      run: () => expectValue(joined, "ipaddresspools --namespace metallb-system", ".items[*].metadata.name", "mine"),
    },
    {
      name: "the readiness probe arrives as it is written",
      run: () => {
        const probe = JSON.parse(
          valueOf(apart, "deployment ledger", ".spec.template.spec.containers[0].readinessProbe"),
        ) as Record<string, unknown>;
        const { initialDelaySeconds, periodSeconds, failureThreshold, timeoutSeconds } = probe;
        const values = [initialDelaySeconds, periodSeconds, failureThreshold, timeoutSeconds].join(" ");
        check(values === "20 30 4 5", `20 30 4 5 in the probe, got ${values}`);
      },
    },
    {
      name: "another up changes nothing",
      run: () => stack.upChangesNothing(),
    },
    {
      name: "an edited manifest shows in the plan, arrives, and enters no lock file",
      run: () => {
        const lock = readFileSync("manifests.lock.json", "utf8");
        writeEdited("list");
        stack.expectPlan({ [`cluster ${apart}`]: "in place" }, 2);
        stack.up();
        expectValue(apart, "role edited", ".rules[0].verbs[0]", "list");
        stack.upChangesNothing();
        check(readFileSync("manifests.lock.json", "utf8") === lock, "the lock file to be as before");
      },
    },
    {
      name: "an object that another file defines first keeps its resource",
      run: () => {
        const uid = (): string => valueOf(apart, "namespace shop", ".metadata.uid");
        const before = uid();
        stack.write("dev", fieldSettings([], earlier));
        stack.up();
        const [shop, second] = resources().filter((urn) => urn.endsWith("/Namespace/shop"));
        check(
          second === undefined && shop?.includes("earlier.yaml") === true,
          `the earlier file to own it, got ${shop}`,
        );
        check(uid() === before, "the namespace of before");
        stack.upChangesNothing();
      },
    },
    {
      name: "one object with two contents is refused with both places",
      run: () =>
        refuses(stack, {
          base: "dev",
          settings: fieldSettings([input("differing.yaml")]),
          says: [/ConfigMap\/front: expected one definition.*document 1 of manifests .*, and document 2 of manifests /],
          clusters: [apart, joined],
        }),
    },
    {
      name: "the name of Slipway's application is refused with the setting that moves it",
      run: () => {
        refuses(stack, {
          base: "dev",
          settings: fieldSettings([input("hello.yaml")], { application: true }),
          says: [/hello\.yaml of cluster field-apart: .*Deployment\/default\/nginx.*set application of cluster /],
          clusters: [apart, joined],
        });
        stack.write("dev", fieldSettings([], earlier));
        stack.upChangesNothing();
      },
    },
    { name: "the files of the run are deleted", always: true, run: deleteInputs },
  ];
};
