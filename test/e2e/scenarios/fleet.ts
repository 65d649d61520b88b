import { contains } from "../../../lib/network/addressRange";
import { address, addressRange } from "../../helpers/addresses";
import { check, type Step } from "../harness";
import type { Inventory } from "../inventory";
import type { Scenario } from "../scenario";
import { stackSettings } from "../stackFile";
import type { TestStack } from "../testStack";
import type { Outputs } from "../throwAwayStack";

interface ClusterEntry {
  name: string;
  [field: string]: unknown;
}

/** The clusters of the stack file. */
const listed = (): ClusterEntry[] => stackSettings("fleet")["clusters"] as ClusterEntry[];

/** The list without its middle cluster and with a new one in its place. */
const changed = (): ClusterEntry[] => [
  ...listed().filter(({ name }) => name !== "staging"),
  { name: "review", podCidr: "10.66.0.0/16", serviceCidr: "10.96.0.0/16" },
];

const kept = ["edge", "production"];

/** Load balancer ranges by cluster. */
type Ranges = Record<string, string>;

const rangesOf = ({ clusters }: Outputs): Ranges =>
  Object.fromEntries(
    clusters.flatMap(({ name, loadBalancerRange }) => (loadBalancerRange ? [[name, loadBalancerRange]] : [])),
  );

const previewedRanges = (stack: TestStack): Ranges =>
  Object.fromEntries(
    stack
      .preview()
      .filter(({ urn }) => urn.includes(":IPAddressPool::"))
      .map(({ urn, newState }) => {
        const { addresses } = newState?.inputs?.["spec"] as { addresses: string[] };
        return [/::(\w+)-metallb\//.exec(urn)?.[1] ?? urn, addresses[0] ?? ""];
      }),
  );

const same = (left: Ranges, right: Ranges): boolean =>
  JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());

let previewed: Ranges = {};

/** Each cluster with a load balancer answers over an address of its own range. */
const allAnswer = async (stack: TestStack): Promise<void> => {
  const outputs = stack.outputs();
  const ranges = rangesOf(outputs);
  check(
    JSON.stringify(Object.keys(outputs.urls).sort()) === JSON.stringify(Object.keys(ranges).sort()),
    `a URL for each range, got ${JSON.stringify(outputs.urls)} and ${JSON.stringify(ranges)}`,
  );
  for (const [name, url] of Object.entries(outputs.urls)) {
    check(
      contains(addressRange(ranges[name]!), address(new URL(url).hostname)),
      `${url} of ${name} inside ${ranges[name]}`,
    );
    await stack.answers(url);
  }
};

const steps = (stack: TestStack): Step[] => {
  let before: Inventory = {};
  return [
    {
      name: "each cluster has the range that was previewed and answers over an address of it",
      run: async () => {
        const ranges = rangesOf(stack.outputs());
        check(same(ranges, previewed), `the ranges ${JSON.stringify(previewed)}, got ${JSON.stringify(ranges)}`);
        await allAnswer(stack);
      },
    },
    {
      name: "the middle cluster less and another more: destroyed and created, the others unchanged",
      run: () => {
        before = stack.inventory(kept);
        stack.write("fleet", { clusters: changed() });
        // With staging go its namespace and its nodes' image.
        stack.expectPlan(
          {
            "cluster staging": "destroyed",
            "cluster review": "created",
            "management cluster": "in place",
            ...stack.otherNodeImages,
          },
          3,
        );
        stack.up();
      },
    },
    {
      name: "the others keep their containers, objects and ranges; all answer",
      run: async () => {
        const after = stack.inventory(kept);
        const theirs = (key: string): boolean =>
          !/^(container (staging|review)-|clusterapi \w+ (staging|default)\/(staging|review)\b)/.test(key);
        const rest = (inventory: Inventory): Inventory =>
          Object.fromEntries(Object.entries(inventory).filter(([key]) => theirs(key)));
        check(
          JSON.stringify(Object.entries(rest(before)).sort()) === JSON.stringify(Object.entries(rest(after)).sort()),
          "all that is not of staging or review to be as before",
        );
        const gone = Object.keys(after).filter((key) => /^container staging-|\/staging\b/.test(key));
        check(gone.length === 0, `nothing of staging, got ${gone.join(", ")}`);
        const ranges = rangesOf(stack.outputs());
        check(ranges["production"] === previewed["production"], `production's range, got ${JSON.stringify(ranges)}`);
        await allAnswer(stack);
        stack.upChangesNothing();
      },
    },
  ];
};

/** Several clusters in one stack. */
export const fleet: Scenario = {
  name: "fleet",
  title: "three clusters of different size; the middle one goes and another comes without touching the others",
  base: "fleet",
  start: {},
  first: (stack) => [
    {
      name: "the preview names a range for each load balancer, no two alike",
      run: () => {
        previewed = previewedRanges(stack);
        const ranges = Object.values(previewed);
        const balanced = listed().filter(({ loadBalancer }) => loadBalancer !== "none").length;
        check(
          ranges.length === balanced && new Set(ranges).size === balanced,
          `${balanced} ranges, got ${JSON.stringify(previewed)}`,
        );
      },
    },
  ],
  steps,
};
