import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import type { Manifest } from "../../../lib/kubernetes/manifest";
import {
  existingManagementProblems,
  isForeignNamespace,
  type Kubectl,
  inspectManagement,
  withOwner,
} from "../../../preflight/management/existing";

const namespace = (name: string, annotations?: Record<string, string>, uid?: string): object => ({
  metadata: { name, ...(annotations ? { annotations } : {}), ...(uid ? { uid } : {}) },
});
const namespaces = {
  items: [namespace("kube-system", undefined, "u-1"), namespace("mine", { "dev.slipway.stack": "slipway/a" })],
};
const planes = {
  items: [
    {
      metadata: { namespace: "mine", name: "x", labels: { "cluster.x-k8s.io/cluster-name": "east" } },
      status: { version: "v1.34.4" },
    },
  ],
};

/** Answers by the words of the question; a question without one fails as kubectl does. */
const cluster =
  (answers: Record<string, string>): Kubectl =>
  (args) => {
    const match = Object.entries(answers).find(([words]) => args.join(" ").includes(words));
    return Promise.resolve(
      match ? { code: 0, stdout: match[1], stderr: "" } : { code: 1, stdout: "", stderr: "Unable to connect" },
    );
  };
const whole = {
  "config view --minify --flatten --raw": "the kubeconfig",
  "get namespaces": JSON.stringify(namespaces),
  "get crd clusters.cluster.x-k8s.io": "customresourcedefinition.apiextensions.k8s.io/clusters.cluster.x-k8s.io\n",
  "get kubeadmcontrolplanes": JSON.stringify(planes),
};

describe("a look at a management cluster", () => {
  test("tells which cluster it is, whose its namespaces are, and what runs", async () => {
    expect(await inspectManagement("their.yaml", cluster(whole))).toEqual({
      kubeconfig: "the kubeconfig",
      uid: "u-1",
      namespaces: { "kube-system": "", mine: "slipway/a" },
      hasClusterApi: true,
      running: { "mine/east": { lowest: "v1.34.4", highest: "v1.34.4" } },
    });
  });

  test("refuses a kubeconfig that is a folder, without asking kubectl", async () => {
    const never: Kubectl = () => Promise.reject(new Error("kubectl was asked"));
    await expect(inspectManagement(__dirname, never)).rejects.toThrow(
      /^managementKubeconfig: expected a file that can be read \(a folder\), got ".*"\. Correct the path\.$/,
    );
  });

  test("takes the file's current context in every question", async () => {
    const calls: string[][] = [];
    const spy: Kubectl = (args) => {
      calls.push(args);
      return cluster(whole)(args);
    };
    await inspectManagement("their.yaml", spy);
    expect(calls.every((args) => args[0] === "--kubeconfig" && args[1] === "their.yaml")).toBe(true);
  });

  test("accepts a cluster without Cluster API", async () => {
    const without = Object.fromEntries(Object.entries(whole).filter(([words]) => words !== "get kubeadmcontrolplanes"));
    expect(
      await inspectManagement("their.yaml", cluster({ ...without, "get crd clusters.cluster.x-k8s.io": "" })),
    ).toMatchObject({ hasClusterApi: false, running: {} });
  });

  test.each(["config view", "get namespaces"])("fails by name of the setting where %s does", async (question) => {
    const answers = Object.fromEntries(Object.entries(whole).filter(([words]) => !words.startsWith(question)));
    await expect(inspectManagement("their.yaml", cluster(answers))).rejects.toThrow(
      /^managementKubeconfig: expected a kubeconfig whose current context answers \(Unable to connect\), got "their.yaml"/,
    );
  });
});

describe("namespaces", () => {
  test.each([
    ["kube-system", true],
    ["mine", false],
    ["none-yet", false],
  ])("%s is another's: %s", (name, isForeign) => {
    const management = { namespaces: { "kube-system": "", mine: "slipway/a" } };
    expect(isForeignNamespace(management, name, "slipway/a")).toBe(isForeign);
  });

  test("of a manifest say whose they are, and nothing else does", () => {
    const other = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
    const [marked, same] = withOwner(
      { name: "m", crds: [], objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } }, other] },
      "slipway/a",
    ).objects;
    expect(marked?.metadata.annotations).toEqual({ "dev.slipway.stack": "slipway/a" });
    expect(same).toBe(other);
  });
});

describe("installing providers", () => {
  const manifest: Manifest = {
    name: "cluster-api",
    crds: [],
    objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "capi-system" } }],
  };
  const problems = (namespaces: Record<string, string>, installProviders: boolean, hasClusterApi = true): string[] =>
    existingManagementProblems({ namespaces, hasClusterApi }, installProviders ? [manifest] : [], {
      installProviders,
      owner: "slipway/a",
    }).map(sentence);

  test("goes into an empty cluster, and again into one where this stack did it", () => {
    expect(problems({}, true, false)).toEqual([]);
    expect(problems({ "capi-system": "slipway/a" }, true)).toEqual([]);
  });

  test.each(["", "slipway/b"])("is refused where the namespace belongs to %j", (owner) => {
    expect(problems({ "capi-system": owner }, true)).toEqual([
      "installProviders: expected false where the management cluster has a namespace capi-system that this stack did not create, got true. Set it to false and keep what is installed, or remove that installation first.",
    ]);
  });

  test("is needed where there are none", () => {
    expect(problems({}, false)).toEqual([]);
    expect(problems({}, false, false)).toEqual([
      expect.stringMatching(/^installProviders: expected true where .*, got false/),
    ]);
  });

  test("is asked for as long as Cluster API is missing, with the same two ways for both values", () => {
    const management = { "cert-manager": "", "capi-system": "" };
    expect([true, false].flatMap((value) => problems(management, value, false))).toEqual([
      "installProviders: expected no namespace capi-system of another owner in a management cluster without Cluster API, got one. Run clusterctl init and set installProviders to false; or remove the installation in capi-system.",
      "installProviders: expected true where the management cluster has no Cluster API (no CRD clusters.cluster.x-k8s.io), got false. Run clusterctl init; or remove installProviders, and every installation of cert-manager or a provider.",
    ]);
  });
});
