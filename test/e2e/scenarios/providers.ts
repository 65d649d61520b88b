import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { type AddedType, addedTypes, inventoryType, providerLabel } from "../../../lib/providers/clusterctl";
import { toYaml } from "../../../lib/kubernetes/yaml";
import { pins } from "../../../lib/versions/pins";
import { check, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import { buildTestExtension } from "../testExtension";
import type { TestStack } from "../testStack";

const base = "dev";
const folder = mkdtempSync(join(tmpdir(), "slipway-providers-e2e-"));
const version = "v1.0.0";

/** The least that a provider consists of, in a namespace of its own. Nothing of it runs. */
const stub = (namespace: string): string =>
  [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "stub-manager", namespace } },
  ]
    .map((object) => toYaml(object))
    .join("---\n");

const namespaceOf = (name: string, type: AddedType): string => `${name}-${type.toLowerCase()}-system`;
const labelOf = (name: string, type: AddedType): string => providerLabel({ name, type: inventoryType(type) });
const stubFile = (type: AddedType): string => join(folder, `${type}.yaml`);

/** An infrastructure-components.yaml and so on, as clusterctl's local repositories name the files. */
const componentsOf = (label: string): string => `${label.replace(/-[^-]*$/, "")}-components.yaml`;

/** Writes a repository of clusterctl with a provider `other` of each type, and returns clusterctl's configuration. */
const writeRepository = (clusterApi: string): string => {
  const installed = [
    ["cluster-api", "CoreProvider", "cluster-api", "core-components"],
    ["kubeadm", "BootstrapProvider", "bootstrap-kubeadm", "bootstrap-components"],
    ["kubeadm", "ControlPlaneProvider", "control-plane-kubeadm", "control-plane-components"],
    ["docker", "InfrastructureProvider", "infrastructure-docker", "infrastructure-components"],
  ] as const;
  const place = (label: string, release: string, file: string): string => {
    const path = join(folder, "repository", label, release);
    mkdirSync(path, { recursive: true });
    return join(path, file);
  };
  const providers = installed.map(([name, type, label, file]) => {
    const url = place(label, `v${clusterApi}`, `${file}.yaml`);
    cpSync(`.tools/manifests/${file}.yaml`, url);
    cpSync(".tools/manifests/metadata.yaml", join(url, "../metadata.yaml"));
    return { name, type, url };
  });
  // clusterctl's plan of upgrades looks for a repository of each installed provider.
  const added = [
    ...addedTypes.flatMap((type) => ["other", "stub"].map((name) => ({ name, type }))),
    { name: "test-extension", type: "runtimeExtension" as const },
  ];
  const stubs = added.map(({ name, type }) => {
    const label = labelOf(name, type);
    const url = place(label, version, componentsOf(label));
    writeFileSync(url, stub(namespaceOf(name, type)));
    const releaseSeries = [{ major: 1, minor: 0, contract: "v1beta2" }];
    const metadata = { apiVersion: "clusterctl.cluster.x-k8s.io/v1alpha3", kind: "Metadata", releaseSeries };
    writeFileSync(join(url, "../metadata.yaml"), toYaml(metadata));
    return { name, type: inventoryType(type), url };
  });
  const config = join(folder, "clusterctl.yaml");
  writeFileSync(config, toYaml({ providers: [...providers, ...stubs] }));
  return config;
};

interface Labelled {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  providerName?: string;
  type?: string;
  version?: string;
}

const flags: Readonly<Record<AddedType, string>> = {
  infrastructure: "--infrastructure",
  bootstrap: "--bootstrap",
  controlPlane: "--control-plane",
  ipam: "--ipam",
  runtimeExtension: "--runtime-extension",
  addon: "--addon",
};

const steps = (stack: TestStack): Step[] => {
  const get = (...args: string[]): Labelled =>
    JSON.parse(stack.kubectl("clusterapi", "get", ...args, "--output", "json")) as Labelled;
  /** What clusterctl writes about a provider, with the provider's name replaced. */
  const recordOf = (name: string, type: AddedType): unknown => {
    const namespace = namespaceOf(name, type);
    const inventory = get("providers.clusterctl.cluster.x-k8s.io", labelOf(name, type), "--namespace", namespace);
    const objects = [get("namespace", namespace), get("serviceaccount", "stub-manager", "--namespace", namespace)];
    const labels = objects.map(({ metadata }) => metadata.labels);
    const { metadata, providerName, type: kind, version: release } = inventory;
    const text = JSON.stringify({ labels, inventory: [metadata.name, metadata.labels, providerName, kind, release] });
    return JSON.parse(text.replaceAll(namespace, "NAMESPACE").replaceAll(name, "NAME")) as unknown;
  };
  return [
    {
      name: "Cluster API discovers its own test extension",
      run: () => {
        const path = 'jsonpath={.status.conditions[?(@.type=="Discovered")].status} {.status.handlers[*].name}';
        const text = stack.kubectl("clusterapi", "get", "extensionconfig", "test-extension", "--output", path);
        check(/^True .*before-cluster-create/.test(text), `a discovered extension, got ${text}`);
      },
    },
    {
      name: "labels and inventory of each type are those that clusterctl init writes",
      run: () => {
        const config = writeRepository(pins[stack.route].clusterApi);
        const args = addedTypes.flatMap((type) => [flags[type], `other:${version}`]);
        const env = { ...stack.kubeconfig("clusterapi"), EXP_RUNTIME_SDK: "true" };
        must("clusterctl", ["init", "--config", config, ...args], { env });
        for (const type of addedTypes) {
          const [ours, theirs] = [recordOf("stub", type), recordOf("other", type)];
          check(
            isDeepStrictEqual(ours, theirs),
            `${JSON.stringify(theirs)} for ${type} as clusterctl, got ${JSON.stringify(ours)}`,
          );
        }
        const listed = must("clusterctl", ["upgrade", "plan", "--config", config], { env });
        check(listed.includes("ipam-stub"), `the providers in clusterctl's plan, got ${listed}`);
        stack.expectPlan({}, 0);
      },
    },
    {
      name: "a provider that leaves the settings leaves the cluster",
      run: () => {
        stack.write(base, settings([]));
        stack.up();
        for (const type of addedTypes) {
          const args = ["get", "namespace", namespaceOf("stub", type), "--ignore-not-found", "--output", "name"];
          const left = stack.kubectl("clusterapi", ...args).trim();
          check(left === "", `no namespace of ${type}, got ${left}`);
        }
        rmSync(folder, { recursive: true, force: true });
      },
    },
  ];
};

/** Settings with a stub of each of these types, and the test extension. */
const settings = (types: readonly AddedType[]) => ({
  clusters: [{ name: "sim", backend: "inMemory" }],
  featureGates: { EXP_RUNTIME_SDK: "true" },
  providers: [
    ...types.map((type) => ({ name: "stub", type, version, manifest: stubFile(type) })),
    {
      name: "test-extension",
      type: "runtimeExtension",
      version,
      manifest: join(folder, "runtime-extension-components.yaml"),
    },
  ],
});

/** Providers of all types, compared with `clusterctl init`, and Cluster API's test extension. */
export const providers: Scenario = {
  name: "providers",
  title: "providers of all types are installed as clusterctl does, and Cluster API discovers a runtime extension",
  base,
  first: (stack) => [
    {
      name: "the test extension is built, and stubs are written",
      run: async () => {
        await buildTestExtension(pins[stack.route].clusterApi, folder);
        for (const type of addedTypes) writeFileSync(stubFile(type), stub(namespaceOf("stub", type)));
      },
    },
  ],
  start: settings(addedTypes),
  steps,
};
