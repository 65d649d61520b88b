import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { certManagerProblems, readCertManager } from "../../../preflight/management/certManager";
import { existingManagementProblems } from "../../../preflight/management/existing";

interface Part {
  version?: string;
  image?: string;
  available?: number;
}

const deployment = (name: string, { version, image = `quay.io/jetstack/${name}`, available = 1 }: Part) => ({
  metadata: {
    name,
    namespace: "certs",
    labels: { "app.kubernetes.io/name": name, ...(version ? { "app.kubernetes.io/version": version } : {}) },
  },
  spec: { template: { spec: { containers: [{ image }] } } },
  status: { availableReplicas: available },
});

const read = (controller: Part = {}, names: string[] = ["cainjector", "webhook"]) =>
  readCertManager(
    JSON.stringify({
      items: [deployment("cert-manager", controller), ...names.map((name) => deployment(name, {}))],
    }),
  );
const problems = (installed: ReturnType<typeof read>, owner = ""): string[] =>
  certManagerProblems(installed, () => owner === "own").map(sentence);

describe("a cert-manager that is there", () => {
  test.each<[string, Part, string | undefined]>([
    ["the label of the release", { version: "v1.11.5", image: "mirror/controller:other" }, "1.11.5"],
    ["the image's tag", { image: "quay.io/jetstack/cert-manager-controller:v1.17.2@sha256:00" }, "1.17.2"],
    ["neither", { image: "mirror:5000/controller" }, undefined],
  ])("has its version from %s", (_, part, version) => {
    expect(read(part)).toEqual({ namespace: "certs", unavailable: [], ...(version ? { version } : {}) });
    expect(problems(read(part))).toEqual([]);
  });

  test("is refused if it is missing, is older than Cluster API needs, or does not run", () => {
    expect(problems(readCertManager('{"items":[]}'))).toEqual([
      expect.stringMatching(/^installCertManager: expected true where the management cluster has no cert-manager/),
    ]);
    expect(problems(read({ version: "v0.16.1" }))).toEqual([
      expect.stringMatching(/^cert-manager in certs: expected version 1\.0\.0 or later.*, got 0\.16\.1\. Upgrade/),
    ]);
    expect(problems(read({ available: 0 }, ["cainjector"]))).toEqual([
      expect.stringMatching(/^cert-manager in certs: expected available replicas.*, got none of cert-manager, webhook/),
    ]);
  });

  test("is not kept if this stack installed it, because up would delete it", () => {
    expect(problems(read({}), "own")).toEqual([
      expect.stringMatching(/^installCertManager: expected true where this stack installed cert-manager \(in certs\)/),
    ]);
  });
});

test("a cluster with cert-manager alone gets the remedy installCertManager", () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "cert-manager" } };
  const installs = [{ name: "cert-manager", crds: [], objects: [namespace] }];
  const existing = { namespaces: { "cert-manager": "" }, hasClusterApi: false };
  const options = { installProviders: true, owner: "slipway/a" };
  expect(existingManagementProblems(existing, installs, options).map(sentence)).toEqual([
    expect.stringMatching(
      /^installCertManager: expected false where the management cluster has a namespace cert-manager/,
    ),
  ]);
});
