import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../../lib/settings/types";
import type { constructLab } from "../../../provider/slipway/lab";
import { unknown } from "../../../provider/plugin/values";
import { inputs } from "../../helpers/fixtures";
import { type Program, recordProgram } from "../../helpers/program";
import type { Recording } from "../../helpers/recorder";

interface PodTemplate {
  spec: { containers: { image: string }[] };
}

/** A resource whose output a preview does not know. */
class Thing extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super("test:index:Thing", name, { value: undefined }, opts);
  }
}

jest.mock("../../../preflight/prepare", () => ({
  prepare: (settings: Settings) => Promise.resolve(inputs(settings)),
}));
const recorded: unknown[] = [];
jest.mock("../../../preflight/resourceRecord", () => ({
  saveRecord: (...args: unknown[]) => void recorded.push(args),
}));
const { usePackagedSteps } = jest.requireActual<typeof import("../../../components/kubernetes/step")>(
  "../../../components/kubernetes/step",
);
const program = jest.requireActual<Program>("../../..");
const lab = jest.requireActual<{ constructLab: typeof constructLab }>("../../../provider/slipway/lab");

const settings = { clusterNamespace: "team", workerReplicas: 2, application: true };
const config = { "slipway:clusterNamespace": "team", "slipway:workerReplicas": "2" };
const construct: Program = async () => (await lab.constructLab("lab", settings, {})).state;

let stack: Recording;
let up: Recording;
let preview: Recording;
beforeAll(async () => {
  stack = await recordProgram(program, { preview: false, config });
  usePackagedSteps();
  up = await recordProgram(construct, { preview: false });
  preview = await recordProgram(construct, { preview: true });
});

/** Names and types without the steps' own type and the Lab. */
const resourcesOf = ({ registrations }: Recording): string[] =>
  registrations
    .filter(({ type }) => type !== "slipway:index:Lab")
    .map(({ type, name }) => `${type === "slipway:index:Step" ? "command:local:Command" : type} ${name}`)
    .sort();

describe("a Lab", () => {
  test("creates the resources of index.ts with the same inputs", () => {
    expect(resourcesOf(up)).toEqual(resourcesOf(stack));
    const inputsOf = (recording: Recording, name: string): unknown => recording.find(name).inputs;
    for (const name of ["capd/Cluster/team/capd", "capd-nodes", "management-kind"])
      expect(inputsOf(up, name)).toEqual(inputsOf(stack, name));
  });

  test("is the root of all of them", () => {
    const { urn } = up.find("lab", "slipway:index:Lab");
    const components = up.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    const parents = new Map(components.map((one) => [one.urn, one.parent]));
    const rootOf = (one: string): string => {
      const parent = parents.get(one) ?? "";
      return parents.has(parent) ? rootOf(parent) : one;
    };
    expect([...new Set([...parents.keys()].map(rootOf))]).toEqual([urn]);
  });

  test("creates the same resources in a preview", () => {
    expect(resourcesOf(preview)).toEqual(resourcesOf(up));
  });

  test("has steps whose commands are relative paths, and which no resource of the command plugin runs", () => {
    const steps = up.registrations.filter(({ type }) => type === "slipway:index:Step");
    expect(steps.length).toBeGreaterThan(5);
    const commands = steps.flatMap(({ inputs: { create, update, delete: last } }) => [create, update, last]);
    expect(
      commands.filter((text) => text !== undefined && !(typeof text === "string" && /^steps\/[a-z-]+$/.test(text))),
    ).toEqual([]);
    expect(up.registrations.filter(({ type }) => type.startsWith("command:"))).toEqual([]);
  });

  test("names no folder of this machine in any input", () => {
    expect(JSON.stringify(up.registrations.map(({ inputs: values }) => values))).not.toContain(process.cwd());
  });

  test("returns addresses, clusters and secret kubeconfigs", () => {
    expect(up.outputs).toMatchObject({
      urls: { capd: "http://172.18.255.248/" },
      loadBalancerRanges: { capd: "172.18.255.248-172.18.255.254" },
      managementCluster: "clusterapi",
      clusters: [{ name: "capd", namespace: "team" }],
    });
    expect(Object.keys(up.outputs)).not.toContain("loadBalancerRange");
  });

  test("records its clusters before it creates them, and not in a preview", () => {
    expect(recorded).toEqual([
      [process.cwd(), "offline", { clusters: ["clusterapi", "capd"], containers: [], volumes: [], networks: [] }],
    ]);
  });

  test("refuses a second Lab of the stack", async () => {
    await expect(lab.constructLab("other", {}, {})).rejects.toThrow(
      "Lab other: expected one Lab in a stack, got lab and other. Move one of them to another stack, or list its clusters in lab.",
    );
  });
});

describe("invalid inputs", () => {
  test("are all reported with their paths, before any resource exists", async () => {
    const clusters = [{ name: "Bad_Name", workers: [{ name: "a", replicas: -1 }] }];
    const refused = lab.constructLab("lab", { networkMtu: 5, clusters, nme: "x" }, {});
    await expect(refused).rejects.toMatchObject({
      errors: [
        { propertyPath: "nme", reason: expect.stringContaining("a setting") },
        { propertyPath: "networkMtu", reason: expect.stringMatching(/^expected a number from 576 to 9216, got 5\./) },
        { propertyPath: "clusters[0].name", reason: expect.stringContaining("Write it as bad-name") },
        { propertyPath: "clusters[0].workers[0].replicas", reason: expect.stringContaining("got -1") },
      ],
    });
  });
});

describe("inputs that a preview does not know", () => {
  /** Returns an output of a resource that does not exist yet. */
  const later = (): pulumi.Output<string> => new Thing("thing", {}).value;

  test("are all refused with their paths if they decide which resources exist", async () => {
    const clusters = [{ name: "a", kubernetesVersion: later(), workers: [{ name: later() }] }];
    await expect(lab.constructLab("lab", { clusters, podCidr: later() }, {})).rejects.toMatchObject({
      message: "3 inputs are not known at preview.",
      errors: [
        {
          propertyPath: "clusters[0].kubernetesVersion",
          reason: expect.stringMatching(/^expected a value that is known/),
        },
        { propertyPath: "clusters[0].workers[0].name" },
        { propertyPath: "podCidr" },
      ],
    });
  });

  test("are unknown in the application's Deployment if its nodes pull the image", async () => {
    const run: Program = async () => (await lab.constructLab("lab", { applicationImage: later() }, {})).state;
    const { find } = await recordProgram(run, { preview: true, stack: "dev", route: "release" });
    const { spec } = find("capd-application/Deployment/default/nginx").inputs as { spec: { template: PodTemplate } };
    expect(spec.template.spec.containers[0]?.image).toBe(unknown);
  });

  test("are refused if the image is part of the node image", async () => {
    const values = { applicationImage: later(), imageSource: "local" };
    await expect(lab.constructLab("lab", values, {})).rejects.toMatchObject({
      errors: [{ propertyPath: "applicationImage", reason: expect.stringContaining("set imageSource to registry") }],
    });
  });
});
