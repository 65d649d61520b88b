import { describe, expect, test } from "@jest/globals";
import { secretSignature, signatureKey } from "../../../lib/base/pulumiMarks";
import { keysText, type ManagedFields } from "../../../lib/plan/fieldOwners";
import {
  type AppliedObject,
  changedFields,
  fieldsWithoutOwnership,
  type ForeignChange,
  isContested,
  withoutChangedFields,
} from "../../../lib/plan/foreignChanges";
import { withForeignChanges } from "../../../lib/plan/foreignSteps";
import { changePlan } from "../../../lib/plan/plan";

const stackManager = "pulumi-kubernetes-1";
const urn = (kind: string, name: string): string =>
  `urn:pulumi:dev::slipway::slipway:index:WorkloadCluster$kubernetes:apps/v1:${kind}::east/${kind}/default/${name}`;

const inputs = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "web",
    namespace: "default",
    labels: { app: "web" },
    annotations: { "pulumi.com/skipAwait": "true" },
  },
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [{ name: "web", image: "nginx:1", args: ["--a"], ports: [{ containerPort: 80 }] }],
        volumes: [{ name: "tmp", emptyDir: {} }],
      },
    },
  },
};
const containerFields = {
  ".": {},
  "f:name": {},
  "f:image": {},
  "f:args": {},
  "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
};
const fieldsOf = (container: object, more: object = { "f:replicas": {} }) => ({
  "f:metadata": { "f:labels": { "f:app": {} } },
  "f:spec": {
    ...more,
    "f:template": {
      "f:spec": {
        "f:containers": { 'k:{"name":"web"}': container },
        "f:volumes": { 'k:{"name":"tmp"}': { ".": {}, "f:name": {}, "f:emptyDir": {} } },
      },
    },
  },
});
const ours = (fieldsV1: Record<string, unknown>): ManagedFields => ({
  manager: stackManager,
  operation: "Apply",
  fieldsV1,
});
const theirs = (manager: string, fieldsV1: Record<string, unknown>, time = "1"): ManagedFields => ({
  ...{ manager, operation: "Update", fieldsV1, time },
});
const applied: AppliedObject = { inputs, outputs: { ...inputs, __fieldManager: stackManager } };
const complete = fieldsOf(containerFields);
const changesOf = (managedFields: ManagedFields[], live: Record<string, unknown>, object = applied) =>
  changedFields(object, fieldsWithoutOwnership(object, managedFields, {}), {
    ...live,
    metadata: { ...(live["metadata"] as object), managedFields },
  });

describe("fields of the stack's objects", () => {
  test("are unchanged while the stack's manager owns them, also beside fields of others", () => {
    const restarted = theirs("kubectl-rollout", {
      "f:spec": { "f:template": { "f:metadata": { "f:annotations": { "f:kubectl.kubernetes.io/restartedAt": {} } } } },
    });
    expect(fieldsWithoutOwnership(applied, [ours(complete), restarted], {})).toEqual([]);
  });

  test.each([
    ["scale", fieldsOf(containerFields, {}), "spec.replicas", 3, { ...inputs, spec: { ...inputs.spec, replicas: 3 } }],
    [
      "set image",
      fieldsOf({ ...containerFields, "f:image": undefined }),
      "spec.template.spec.containers[0].image",
      "nginx:2",
      structuredClone({
        ...inputs,
        spec: { ...inputs.spec, template: { spec: { containers: [{ name: "web", image: "nginx:2" }] } } },
      }),
    ],
    [
      "label --overwrite",
      { ...complete, "f:metadata": undefined },
      "metadata.labels.app",
      "other",
      { ...inputs, metadata: { name: "web", labels: { app: "other" } } },
    ],
    [
      "label removal",
      { ...complete, "f:metadata": undefined },
      "metadata.labels.app",
      undefined,
      { ...inputs, metadata: {} },
    ],
  ])("are found after kubectl %s", (_, fields, text, value, live) => {
    const foreign = theirs("kubectl", {
      "f:metadata": { "f:labels": { "f:app": {} } },
      "f:spec": {
        "f:replicas": {},
        "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { "f:image": {} } } } },
      },
    });
    const known = JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
    const changes = changesOf([ours(known), ...(value === undefined ? [] : [foreign])], live);
    expect(changes.map((change) => [change.text, change.live, change.managers])).toEqual([
      [text, value, value === undefined ? [] : ["kubectl"]],
    ]);
  });

  test("are all compared if somebody cleared the owners", () => {
    expect(changesOf([], inputs)).toEqual([]);
    expect(changesOf([], { ...inputs, spec: { ...inputs.spec, replicas: 5 } }).map(({ text }) => text)).toEqual([
      "spec.replicas",
    ]);
  });

  test("do not count as changed with the value of the last apply in another owner's hands, but are contested", () => {
    const managed = [ours(fieldsOf(containerFields, {})), theirs("kubectl", { "f:spec": { "f:replicas": {} } })];
    const paths = fieldsWithoutOwnership(applied, managed, {});
    expect(changesOf(managed, inputs)).toEqual([]);
    expect(isContested(applied, paths, managed)).toBe(true);
    expect(isContested(applied, [], managed)).toBe(false);
  });

  test.each(["min", "max"])("do not include replicas with the autoscaler's annotation for the %s size", (end) => {
    const annotations = { [`cluster.x-k8s.io/cluster-api-autoscaler-node-group-${end}-size`]: "1" };
    const managed = [ours(fieldsOf(containerFields, {}))];
    expect(fieldsWithoutOwnership(applied, managed, annotations)).toEqual([]);
    const written = { ...inputs, metadata: { ...inputs.metadata, annotations } };
    const paths = fieldsWithoutOwnership({ ...applied, inputs: written }, managed, {});
    expect(paths.map(keysText)).not.toContain("spec.replicas");
  });

  test("that are secret are found, and their values are kept nowhere", () => {
    const mark = { [signatureKey]: secretSignature, ciphertext: "v1:abc" };
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { token: mark } };
    const object = { inputs: secret, outputs: { ...secret, __fieldManager: stackManager } };
    const live = { ...secret, data: { token: "c2VjcmV0" } };
    const foreign = theirs("kubectl-edit", { "f:data": { "f:token": {} } });
    const [change] = changesOf([ours({ "f:data": { ".": {} } }), foreign], live, object);
    expect(change).toMatchObject({ text: "data.token", isSecret: true, live: undefined, managers: ["kubectl-edit"] });
    const resource = { urn: "u", outputs: { ...object.outputs, data: { ...mark } } };
    const forgotten = {
      urn: "u",
      cluster: "east",
      object: { apiVersion: "v1", kind: "Secret", name: "s" },
      fields: [change!],
    };
    expect(withoutChangedFields([resource], [forgotten])[0]?.outputs).not.toHaveProperty("data");
  });
});

describe("the plan of foreign changes", () => {
  const path = ["spec", "replicas"];
  const scaled: ForeignChange = {
    urn: urn("MachineDeployment", "east-md-0"),
    cluster: "clusterapi",
    object: { apiVersion: "cluster.x-k8s.io/v1beta2", kind: "MachineDeployment", name: "east-md-0" },
    fields: [{ path, text: "spec.replicas", live: 3, managers: ["kubectl"], isSecret: false }],
  };
  const step = (op: string, before: number, after: number) => ({
    ...{ op, urn: scaled.urn },
    oldState: { inputs: { spec: { replicas: before } } },
    newState: { inputs: { spec: { replicas: after } } },
  });

  test("sets a scaled MachineDeployment back in place, and names the program that scaled it", () => {
    const [part] = changePlan(withForeignChanges([step("same", 1, 1)], [scaled])).filter(
      ({ change }) => change !== "unchanged",
    );
    expect(part).toMatchObject({
      change: "in place",
      reasons: ["MachineDeployment default/east-md-0: spec.replicas 3 → 1 (changed by kubectl)"],
    });
  });

  test("shows only the settings' change where the settings have the same value by now", () => {
    const [changed] = withForeignChanges([step("update", 1, 3)], [scaled]);
    expect(changed).toEqual(step("update", 1, 3));
  });

  test("calls a template's field rolling", () => {
    const version = ["spec", "template", "spec", "version"];
    const field = { path: version, text: version.join("."), live: "v1", managers: ["kubectl-edit"], isSecret: false };
    const wanted = { inputs: { spec: { template: { spec: { version: "v2" } } } } };
    const same = { op: "same", urn: scaled.urn, oldState: wanted, newState: wanted };
    const parts = changePlan(withForeignChanges([same], [{ ...scaled, fields: [field] }]));
    expect(parts.map(({ change }) => change)).toContain("rolling");
  });

  test("leaves the recorded object without the field, so that the engine applies it again", () => {
    const resources = [{ urn: scaled.urn, outputs: { spec: { replicas: 1, paused: false } } }];
    expect(withoutChangedFields(resources, [scaled])).toEqual([
      { urn: scaled.urn, outputs: { spec: { paused: false } } },
    ]);
  });
});
