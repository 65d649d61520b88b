import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../../lib/settings/types";
import type { constructLab } from "../../../provider/slipway/lab";
import { partSchemas } from "../../../provider/slipway/partInputs";
import type * as Parts from "../../../provider/slipway/parts";
import { inputs } from "../../helpers/fixtures";
import { type Program, recordProgram } from "../../helpers/program";
import type { Recording } from "../../helpers/recorder";

jest.mock("../../../preflight/prepare", () => ({
  prepare: (settings: Settings) => Promise.resolve(inputs(settings)),
}));
jest.mock("../../../preflight/resourceRecord", () => ({ saveRecord: () => undefined }));
const { usePackagedSteps } = jest.requireActual<typeof import("../../../components/kubernetes/step")>(
  "../../../components/kubernetes/step",
);
const { parts } = jest.requireActual<typeof Parts>("../../../provider/slipway/parts");
const lab = jest.requireActual<{ constructLab: typeof constructLab }>("../../../provider/slipway/lab");

const construct = (type: string, name: string, values: pulumi.Inputs): Promise<Record<string, unknown>> =>
  parts[`slipway:index:${type}`]!({ name, inputs: values, options: {}, siblings: {} }).then(({ state }) => state);

/** A program that composes a stack of the components. */
const composed: Program = async () => {
  const management = await construct("ManagementCluster", "clusterapi", { networkMtu: 1400 });
  const access = {
    management: management["settings"],
    kubeconfig: management["kubeconfig"],
    lifetime: management["lifetime"],
  };
  const { version } = await construct("ProviderInstall", "providers", { ...access, nodeId: management["nodeId"] });
  const capd = await construct("WorkloadCluster", "capd", {
    ...access,
    name: "capd",
    workerReplicas: 2,
    loadBalancerSlot: 0,
  });
  const cluster = {
    cluster: capd["settings"],
    kubeconfig: capd["kubeconfig"],
    lifetime: capd["lifetime"],
    identity: capd["identity"],
  };
  const { daemonSets } = await construct("Cni", "capd-cni", cluster);
  const { ranges } = await construct("MetalLb", "capd-metallb", cluster);
  const { url, answer } = await construct("Application", "capd-application", cluster);
  return { version, daemonSets, ranges, url, answer, range: capd["loadBalancerRange"] };
};
const whole: Program = async () =>
  (
    await lab.constructLab(
      "lab",
      { networkMtu: 1400, clusters: [{ name: "capd", workerReplicas: 2, loadBalancerSlot: 0 }] },
      {},
    )
  ).state;

let up: Recording;
let preview: Recording;
let reference: Recording;
beforeAll(async () => {
  usePackagedSteps();
  up = await recordProgram(composed, { preview: false });
  preview = await recordProgram(composed, { preview: true });
  reference = await recordProgram(whole, { preview: false });
});

const objectsOf = ({ registrations }: Recording): string[] =>
  registrations
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, name }) => `${type} ${name}`)
    .sort();

describe("a program of components", () => {
  test("creates the objects of a Lab, with the same inputs", () => {
    expect(objectsOf(up)).toEqual(objectsOf(reference));
    for (const name of ["capd/Cluster/default/capd", "capd-metallb/IPAddressPool/metallb-system/slipway"])
      expect(up.find(name).inputs).toEqual(reference.find(name).inputs);
  });

  test("plans the same resources in a preview, where no kubeconfig is known", () => {
    const urns = (recording: Recording): string[] => recording.registrations.map(({ urn }) => urn).sort();
    expect(urns(preview)).toEqual(urns(up));
  });

  test("ties the contents of a cluster to the cluster", () => {
    const cluster = up.find("capd/Cluster/default/capd");
    expect(up.find("capd-cni/DaemonSet/kube-system/calico-node")).toMatchObject({
      deletedWith: cluster.urn,
      replaceWith: [up.find("capd-identity").urn],
    });
    expect(up.find("cert-manager/Namespace/cert-manager").deletedWith).toBe(up.find("management-kind").urn);
    expect(cluster.deletedWith).toBe("");
  });

  test("returns what the schema describes", () => {
    expect(up.outputs).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      ranges: ["172.18.255.248-172.18.255.254"],
      range: "172.18.255.248-172.18.255.254",
      daemonSets: ["kube-system/calico-node"],
      url: "http://172.18.255.248/",
    });
    expect(Object.keys(partSchemas())).toEqual(Object.keys(parts));
  });

  test("names its own inputs in an error, and those of the component before it", async () => {
    const management = { management: { managementCluster: "clusterapi" }, kubeconfig: "x", lifetime: "" };
    const bad = construct("WorkloadCluster", "a", { ...management, name: "Bad_Name", controlPlaneReplicas: 2 });
    await expect(bad).rejects.toMatchObject({
      errors: [{ propertyPath: "name" }, { propertyPath: "controlPlaneReplicas" }],
    });
    const cniOf = (entry: object): Promise<unknown> =>
      construct("Cni", "a", {
        cluster: { clusters: [{ name: "a", ...entry }] },
        kubeconfig: "x",
        lifetime: "",
        identity: "",
      });
    const problemAt = (propertyPath: string): object => ({ errors: [{ propertyPath }] });
    await expect(cniOf({ cni: "none", loadBalancer: "none" })).rejects.toMatchObject(problemAt("cluster.cni"));
    await expect(cniOf({ workerReplicas: -1 })).rejects.toMatchObject(problemAt("cluster.workerReplicas"));
  });
});
