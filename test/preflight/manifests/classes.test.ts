import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { templateParts } from "../../../lib/cluster/template/parts";
import { withAnnotations, type KubernetesObject } from "../../../lib/kubernetes/object";
import { templateLocations } from "../../../lib/settings/schema/entries";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import type { LiveTopology } from "../../../preflight/management/topology";
import { readStackTopology, withTemplateGates } from "../../../preflight/manifests/topology";
import { classIn, quickStartClass } from "../../helpers/quickStart";

const folder = mkdtempSync(join(tmpdir(), "slipway-classes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const quick = fileOf("quick.yaml", quickStartClass);

const read = (clusters: object[], live?: Partial<LiveTopology>, more: object = {}) => {
  const settings = readSettings({ config: { clusters, ...more }, pins });
  const answer = live && { classes: [], clusters: [], ...live };
  return readStackTopology(settings, "slipway/mine", {}, () => Promise.resolve(answer));
};
const problems = async (clusters: object[], live?: Partial<LiveTopology>): Promise<string[]> =>
  (await read(clusters, live)).problems.map(sentence);

const owned = (owner: string, text = quickStartClass): KubernetesObject =>
  withAnnotations(classIn(text).clusterClass, { "dev.slipway.stack": owner });
const running = (className: string, workerClass = "default-worker"): KubernetesObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta2",
  kind: "Cluster",
  metadata: { name: "east", namespace: "team" },
  spec: {
    topology: {
      classRef: { name: className },
      workers: { machineDeployments: [{ name: "md-0", class: workerClass }] },
      variables: [{ name: "slipwayNodeImages", value: { "v1.33.1": "slipway/node:old" } }],
    },
  },
});
const east = { name: "east", namespace: "team", class: quick };

describe("the class of a cluster", () => {
  test("comes from its file once, by name for other clusters of the namespace", async () => {
    const { created, uses, problems: reported } = await read([east, { ...east, name: "west", class: "quick-start" }]);
    expect(reported).toEqual([]);
    expect([...created.keys()]).toEqual(["team/quick-start"]);
    expect([...uses.keys()]).toEqual(["east", "west"]);
  });

  test("is refused where the file of another class has the same object beside its templates", async () => {
    const note = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: note}, data: {a: b}}\n";
    const first = fileOf("first.yaml", `${quickStartClass}${note}`);
    const second = fileOf("second.yaml", `${quickStartClass.replace("{name: quick-start}", "{name: second}")}${note}`);
    const two = (file: string) => [
      { ...east, class: first },
      { ...east, name: "west", class: file },
    ];
    expect(await problems(two(first))).toEqual([]);
    expect(await problems(two(second))).toEqual([
      `ConfigMap/team/note in class ${second}: expected an object of one class, got an object of the class quick-start too. ` +
        "Remove it from one of the files, or rename it.",
    ]);
  });

  test("may exist already, made by nobody's stack", async () => {
    const { created, uses } = await read([{ ...east, class: "quick-start" }], { classes: [classIn().clusterClass] });
    expect(created.size).toBe(0);
    expect(uses.get("east")?.isCreated).toBe(false);
  });

  test("is refused where it does not exist, with the nearest name and the namespace that has it", async () => {
    const named = { ...east, class: "quick-stat" };
    expect(await problems([named], { classes: [classIn().clusterClass] })).toEqual([
      'class of cluster east: expected a ClusterClass in namespace team of the management cluster (quick-start), got "quick-stat". ' +
        "Did you mean quick-start? Or set class to a file with the class.",
    ]);
    const elsewhere = classIn(quickStartClass, "other").clusterClass;
    const [problem] = await problems([{ ...east, class: "quick-start" }], { classes: [elsewhere] });
    expect(problem).toContain("Set namespace to other, where a class of this name is");
    expect((await problems([named]))[0]).toContain("the management cluster does not exist yet");
  });

  test("is refused if another stack owns it, by name and by file", async () => {
    const live = { classes: [owned("slipway/other")] };
    expect((await problems([{ ...east, class: "quick-start" }], live))[0]).toContain(
      "expected a class of no other stack (slipway/other created it and deletes it)",
    );
    expect((await problems([east], live))[0]).toContain("got a class of the stack slipway/other");
    expect((await problems([east], { classes: [classIn().clusterClass] }))[0]).toContain(
      "got a class that Slipway did not create",
    );
    expect(await problems([east], { classes: [owned("slipway/mine")] })).toEqual([]);
  });

  test("keeps its file while this stack owns it", async () => {
    const [problem] = await problems([{ ...east, class: "quick-start" }], { classes: [owned("slipway/mine")] });
    expect(problem).toContain("expected the file of the class quick-start");
  });

  test("is refused in two files with different content", async () => {
    const other = fileOf("other.yaml", quickStartClass.replace("certSANs: [localhost]", "certSANs: [a.example]"));
    expect(await problems([east, { ...east, name: "west", class: other }])).toEqual([
      `class ${other}: expected one definition of the ClusterClass team/quick-start, got two that differ. ` +
        "Give the class another name in one of the files.",
    ]);
  });
});

describe("a cluster and its class", () => {
  test("is refused with variables and worker classes that the class lacks, all at once", async () => {
    const reported = await problems([
      { ...east, variables: { etcdImagTag: "1" }, workers: [{ name: "a", class: "gpu" }] },
    ]);
    expect(reported).toEqual([
      expect.stringContaining("Did you mean etcdImageTag?"),
      'class of pool a of cluster east: expected a worker class of quick-start (default-worker), got "gpu". ' +
        "Choose one of these worker classes.",
    ]);
  });

  test("names the worker class of each pool where there are several", async () => {
    const second = quickStartClass.replace(
      "  variables:",
      "      - class: gpu\n        bootstrap: {templateRef: {apiVersion: bootstrap.cluster.x-k8s.io/v1beta2, kind: KubeadmConfigTemplate, name: workers}}\n" +
        "        infrastructure: {templateRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: DevMachineTemplate, name: machines}}\n  variables:",
    );
    const file = fileOf("two.yaml", second);
    expect((await problems([{ ...east, class: file }]))[0]).toContain(
      "workers of cluster east: expected a worker class for each pool, because quick-start has several (default-worker, gpu), got none for md-0",
    );
    expect(await problems([{ ...east, class: file, workers: [{ name: "a", class: "gpu" }] }])).toEqual([]);
  });

  test("has the backend of the class", async () => {
    expect((await problems([{ ...east, backend: "inMemory" }]))[0]).toContain(
      'backend of cluster east: expected docker, as in the templates of quick-start, got "inMemory". Set it to docker.',
    );
  });

  test("may change to a class of the same kinds only", async () => {
    const renamed = (text: string): string => text.replace("metadata: {name: quick-start}", "metadata: {name: old}");
    const before = (text: string): LiveTopology => ({
      classes: [owned("slipway/mine", renamed(text))],
      clusters: [running("old")],
    });
    expect(await problems([east], before(quickStartClass))).toEqual([]);
    const other = quickStartClass.replaceAll("DevClusterTemplate", "DockerClusterTemplate");
    expect(await problems([east], before(other))).toEqual([
      "class of cluster east: expected a class with the kinds of old, because Cluster API keeps them " +
        "(infrastructure: DockerClusterTemplate of infrastructure.cluster.x-k8s.io), " +
        "got quick-start with DevClusterTemplate of infrastructure.cluster.x-k8s.io. " +
        "Choose a class of the same kinds, or give the cluster another name to create it again.",
    ]);
  });

  test("keeps the worker classes that running clusters have", async () => {
    const live = { classes: [owned("slipway/mine")], clusters: [running("quick-start", "gpu")] };
    expect((await problems([east], live))[0]).toContain(
      'expected gpu too, which pool md-0 of cluster east has, got ["default-worker"]',
    );
  });

  test("has a version that the class lists, if the class lists versions", async () => {
    const listed = quickStartClass.replace("spec:\n", "spec:\n  kubernetesVersions: [v1.2.3]\n");
    expect((await problems([{ ...east, class: fileOf("listed.yaml", listed) }]))[0]).toContain(
      "expected a version that the class quick-start lists (v1.2.3)",
    );
  });

  test("keeps the images of its running nodes", async () => {
    const live = { classes: [owned("slipway/mine")], clusters: [running("quick-start")] };
    expect((await read([east], live)).runningImages).toEqual({ east: { "v1.33.1": "slipway/node:old" } });
  });
});

describe("node images with imageSource local", () => {
  test("are announced as the user's matter where Slipway cannot set them", async () => {
    const local = { imageSource: "local" };
    const stated = fileOf("own.yaml", quickStartClass.replace("kindest/node:{{", "example.org/node:{{"));
    const { warnings } = await read([{ ...east, class: stated }], undefined, local);
    expect(warnings[0]).toContain("because it states example.org/node");
    const live = { classes: [classIn().clusterClass] };
    const byName = await read([{ ...east, class: "quick-start" }], live, local);
    expect(byName.warnings[0]).toContain("because this stack did not create it");
    expect((await read([east], undefined, local)).warnings).toEqual([]);
  });
});

const template = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: "\${CLUSTER_NAME}"}
spec:
  clusterNetwork: {pods: {cidrBlocks: ["\${POD_CIDR}"]}}
  topology:
    classRef: {name: quick-start}
    version: \${KUBERNETES_VERSION}
    controlPlane: {replicas: \${CONTROL_PLANE_MACHINE_COUNT}}
    workers: {machineDeployments: [{class: default-worker, name: md-0, replicas: \${WORKER_MACHINE_COUNT}}]}
`;
describe("a template whose Cluster has a class", () => {
  const settingsOf = (text: string, fields: object = {}) =>
    readSettings({
      config: { clusters: [{ name: "east", namespace: "team", template: "east.yaml", ...fields }] },
      pins,
      templates: new Map([
        ["east.yaml", text],
        [quick, quickStartClass],
      ]),
    });
  const readFrom = async (text: string, fields: object = {}, live?: Partial<LiveTopology>) => {
    const settings = settingsOf(text, fields);
    const [cluster] = settings.clusters;
    const values = { variables: {}, secrets: {}, setting: "templateVariables" };
    const parts = templateParts(text, "east.yaml", cluster!, values);
    const answer = live && { classes: [], clusters: [], ...live };
    const topology = await readStackTopology(settings, "slipway/mine", { east: parts }, () => Promise.resolve(answer));
    return { settings, parts, topology };
  };

  test("takes the class from the template, from the setting, or from the namespace", async () => {
    const inTemplate = await readFrom(`${template}---\n${quickStartClass}`);
    expect(inTemplate.topology.problems).toEqual([]);
    expect([...inTemplate.topology.created.keys()]).toEqual(["team/quick-start"]);
    expect(inTemplate.parts.supporting).toEqual([]);
    expect(inTemplate.parts.nodes).toBe(2);
    const inFile = await readFrom(template, { class: quick });
    expect([...inFile.topology.created.keys()]).toEqual(["team/quick-start"]);
    const existing = await readFrom(template, {}, { classes: [classIn().clusterClass] });
    expect(existing.topology.uses.get("east")?.isCreated).toBe(false);
    expect((await readFrom(template)).topology.problems[0]?.key).toBe("class of cluster east");
  });

  test("switches classes on in Cluster API", async () => {
    const { settings, parts } = await readFrom(`${template}---\n${quickStartClass}`);
    expect(withTemplateGates(settings, { east: parts }).featureGates).toEqual({ CLUSTER_TOPOLOGY: "true" });
    expect(withTemplateGates(settings, {}).featureGates).toEqual({});
  });

  test("is refused with a class of another namespace, and with a file of another class", async () => {
    const elsewhere = template.replace("{name: quick-start}", "{name: quick-start, namespace: other}");
    await expect(readFrom(elsewhere)).rejects.toThrow(
      'class of the Cluster in east.yaml: expected a class in team, the cluster\'s namespace, got "other".',
    );
    const other = template.replace("{name: quick-start}", "{name: other}");
    const { topology } = await readFrom(other, { class: quick });
    expect(topology.problems.map(sentence)[0]).toContain(
      "expected the ClusterClass other, which the Cluster in the template names",
    );
  });
});

describe("a Docker template whose Cluster has a class", () => {
  const read = (text: string, fields: object = {}) =>
    readSettings({
      config: { clusters: [{ name: "east", template: "east.yaml", ...fields }] },
      pins,
      templates: new Map([["east.yaml", text]]),
    });

  test("has the backend, the pools and the images of a Docker cluster without providers", () => {
    const [cluster] = read(`${template}---\n${quickStartClass}`, { workerReplicas: 3 }).clusters;
    expect(cluster).toMatchObject({
      backend: "docker",
      loadBalancer: "metallb",
      application: true,
      workerPools: [{ name: "md-0", replicas: 3, workerClass: "default-worker" }],
    });
    expect(cluster?.template?.facts?.images).toEqual([`kindest/node:v${pins.release.kubernetes}`]);
    expect(read(template, { class: "quick-start" }).clusters[0]?.backend).toBe("docker");
  });

  test("has simulated machines where its class has", () => {
    const simulated = quickStartClass.replaceAll("backend: {docker: {}}", "backend: {inMemory: {}}");
    expect(read(`${template}---\n${simulated}`).clusters[0]).toMatchObject({ backend: "inMemory", cni: "none" });
    const texts = new Map([
      ["east.yaml", template],
      ["simulated.yaml", simulated],
    ]);
    const clusters = [{ name: "east", template: "east.yaml", class: "simulated.yaml" }];
    expect(templateLocations({ clusters })).toEqual(["east.yaml", "simulated.yaml"]);
    const settings = readSettings({ config: { clusters }, pins, templates: texts });
    expect(settings.clusters[0]?.backend).toBe("inMemory");
  });
});
