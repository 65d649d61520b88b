import { describe, expect, test } from "@jest/globals";
import { classChecksum } from "../../../../lib/cluster/class/classObjects";
import { templateRoles } from "../../../../lib/cluster/class/classSpec";
import { objectKey } from "../../../../lib/kubernetes/object";
import { classIn, quickStartClass } from "../../../helpers/quickStart";

const hash = "quick-start-[0-9a-f]{8}";

describe("a class of a file", () => {
  test("has templates named by their content, to which the class refers", () => {
    const { clusterClass, templates } = classIn();
    expect(objectKey(clusterClass)).toBe("ClusterClass/team/quick-start");
    expect(templates.map(objectKey).sort()).toEqual(
      [
        `DevClusterTemplate/team/cluster-${hash}`,
        `DevMachineTemplate/team/machines-${hash}`,
        `KubeadmConfigTemplate/team/workers-${hash}`,
        `KubeadmControlPlaneTemplate/team/control-plane-${hash}`,
      ].map((key) => expect.stringMatching(new RegExp(`^${key}$`))),
    );
    const names = templates.map(({ metadata }) => metadata.name);
    expect(templateRoles(clusterClass).map(({ name }) => names.includes(name))).toEqual([true, true, true, true, true]);
  });

  test("has other names for templates than another class with equal templates", () => {
    const other = classIn(quickStartClass.replace("{name: quick-start}", "{name: second}"));
    const checksums = (of: ReturnType<typeof classIn>): string[] =>
      of.templates.map(({ metadata }) => metadata.name.replace(/-(quick-start|second)-/, "-")).sort();
    expect(checksums(other)).toEqual(checksums(classIn()));
    const names = classIn().templates.map(({ metadata }) => metadata.name);
    expect(other.templates.filter(({ metadata }) => names.includes(metadata.name))).toEqual([]);
  });

  test("gives only a changed template another name, and has another checksum", () => {
    const changed = classIn(quickStartClass.replace("nodeRegistration: {}", "nodeRegistration: {name: one}"));
    const names = (of: ReturnType<typeof classIn>): string[] => of.templates.map(({ metadata }) => metadata.name);
    const renamed = names(changed).filter((name) => !names(classIn()).includes(name));
    expect(renamed).toEqual([expect.stringMatching(/^workers-/)]);
    expect(classChecksum(changed)).not.toBe(classChecksum(classIn()));
    expect(classChecksum(classIn())).toBe(classChecksum(classIn()));
  });

  test("is refused with every missing template at once", () => {
    const [clusterClass = ""] = quickStartClass.split("---");
    expect(() => classIn(clusterClass)).toThrow(
      /every template of the ClusterClass quick-start, got no DevClusterTemplate cluster.*\n.*no DevMachineTemplate machines.*\n.*KubeadmConfigTemplate workers.*\n.*KubeadmControlPlaneTemplate control-plane/,
    );
  });

  test("is refused in another namespace, and with a Cluster", () => {
    const elsewhere = quickStartClass.replace(
      "metadata: {name: quick-start}",
      "metadata: {name: quick-start, namespace: other}",
    );
    expect(() => classIn(elsewhere)).toThrow(
      'namespace of ClusterClass/other/quick-start in class quick.yaml: expected team, the namespace of the clusters with this class, got "other".',
    );
    const cluster = "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: a}\n";
    expect(() => classIn(`${quickStartClass}---\n${cluster}`)).toThrow("expected a class without clusters");
  });

  test("is refused without a class, and with two", () => {
    const [clusterClass = "", ...templates] = quickStartClass.split("---");
    expect(() => classIn(templates.join("---"))).toThrow("expected one ClusterClass of cluster.x-k8s.io, got []");
    const two = `${quickStartClass}---\n${clusterClass.replace("name: quick-start", "name: other")}`;
    expect(() => classIn(two)).toThrow('got ["quick-start","other"]');
  });

  test("keeps other objects of the file as supporting objects", () => {
    const identity =
      "apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: OwnIdentity\nmetadata: {name: account}\n";
    expect(classIn(`${quickStartClass}---\n${identity}`).supporting.map(objectKey)).toEqual([
      "OwnIdentity/team/account",
    ]);
  });
});
