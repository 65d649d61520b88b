import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { valueAt } from "../../../lib/base/json";
import { SecretValue } from "../../../lib/kubernetes/secrets/secretValue";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { kubeadmChangeProblems } from "../../../preflight/management/kubeadm";
import { readInfrastructureProviders } from "../../../preflight/manifests/providers";
import { readTemplates } from "../../../preflight/manifests/templates";

// The program keeps checksums and CRDs in its working directory; here that is a folder of its own.
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "slipway-providers-"));
process.chdir(folder);
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const settings = (manifest: string, template: string) =>
  readSettings({
    config: {
      providers: [{ name: "own", version: "1.2.3", manifest }],
      templateSecrets: { TOKEN: "a-token" },
      clusters: ["one", "two"].map((name) => ({ name, template })),
    },
    pins,
  });

const components = `
apiVersion: v1
kind: Namespace
metadata: {name: own-system}
---
apiVersion: v1
kind: Secret
metadata: {name: account, namespace: own-system}
stringData: {token: "\${TOKEN}"}
`;

test("a provider is installed as clusterctl would, its secrets marked", async () => {
  const [installed] = await readInfrastructureProviders(settings(file("own.yaml", components), "none.yaml"));
  expect(installed?.manifest.name).toBe("infrastructure-own");
  const [namespace, account] = installed?.manifest.objects ?? [];
  expect(namespace?.metadata.labels).toMatchObject({ "cluster.x-k8s.io/provider": "infrastructure-own" });
  expect(account?.["stringData"]).toEqual({ token: new SecretValue("a-token") });
  expect(installed?.entry).toMatchObject({
    kind: "Provider",
    metadata: { name: "infrastructure-own", namespace: "own-system" },
    providerName: "own",
    type: "InfrastructureProvider",
    version: "v1.2.3",
  });
});

test("a manifest without a namespace is rejected", async () => {
  const [, account = ""] = components.split("---");
  await expect(readInfrastructureProviders(settings(file("bare.yaml", account), "none.yaml"))).rejects.toThrow(
    /^providers\[0\]\.manifest: expected a manifest with exactly one Namespace.*, got 0 Namespaces in .*bare\.yaml/,
  );
});

test("what is wrong about several clusters' templates is one error", async () => {
  const template = file("template.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {b: '${REGION}'}\n");
  const read = readTemplates(settings("none.yaml", template));
  await expect(read).rejects.toThrow(
    /templateVariables of cluster one\.REGION.*\n.*templateVariables of cluster two\.REGION/,
  );
});

test("a template that cannot be read is named by its setting", async () => {
  await expect(readTemplates(settings("none.yaml", join(folder, "no-such.yaml")))).rejects.toThrow(
    /^template: .*no-such/,
  );
});

describe("templates of Docker clusters", () => {
  const text = readFileSync(join(home, "test/e2e/template/docker.yaml"), "utf8");
  const docker = (template: string, templates = new Map([["east.yaml", template]])) =>
    readSettings({
      config: { clusters: ["one", "two"].map((name) => ({ name, template: "east.yaml" })) },
      pins,
      templates,
    });

  test("give machines the images that Slipway built", async () => {
    const settings = docker(text);
    const base = `kindest/node:v${pins.release.kubernetes}`;
    const recipe = { image: "slipway/node:built", base, baseId: "", images: {} };
    const { one, two } = await readTemplates(settings, { one: [recipe] });
    const imageOf = (parts: typeof one): unknown =>
      valueAt(parts, "workers", "0", "templates", "1", "spec", "template", "spec");
    expect(imageOf(one)).toEqual({ backend: { docker: { customImage: "slipway/node:built" } } });
    expect(imageOf(two)).toEqual({ backend: { docker: { customImage: base } } });
  });

  test("are refused if two clusters define one object", async () => {
    const shared = text
      .replaceAll('kind: DevMachineTemplate, name: "${CLUSTER_NAME}-md-0"', "kind: DevMachineTemplate, name: m")
      .replace(
        'kind: DevMachineTemplate\nmetadata: { name: "${CLUSTER_NAME}-md-0" }',
        "kind: DevMachineTemplate\nmetadata: { name: m }",
      );
    await expect(readTemplates(docker(shared))).rejects.toThrow(
      /^template of cluster two: expected no object of cluster one, got DevMachineTemplate\/default\/m-/,
    );
  });

  test("are refused if they changed after the settings were read", async () => {
    const path = file("east.yaml", text);
    const config = { clusters: [{ name: "east", template: path }] };
    const settings = readSettings({ config, pins, templates: new Map() });
    await expect(readTemplates(settings)).rejects.toThrow(/^template .*: expected the content that it had/);
  });

  test("are not compared with Slipway's own settings of kubeadm", () => {
    const running = {
      "default/one": {
        lowest: "v1.34.4",
        highest: "v1.34.4",
        kubeadm: { clusterConfiguration: { certificatesDir: "/pki" } },
      },
    };
    expect(kubeadmChangeProblems(docker(text).clusters, running)).toEqual([]);
  });
});
