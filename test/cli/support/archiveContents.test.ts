import { describe, expect, test } from "@jest/globals";
import { conditionLines, isOwnNamespace, isTaken, kindsTaken, slimObject } from "../../../cli/support/objects";
import { pathOf, sealed } from "../../../cli/support/pack";
import { logPlaces, logsOfNode } from "../../../cli/support/podLogs";
import { settingsWithoutSecrets, resourceList, secretInputs, secretTexts } from "../../../cli/support/state";
import { redactor } from "../../../lib/redaction/text";

const redact = redactor();
const object = (kind: string, namespace: string, more: object = {}) => ({
  kind,
  metadata: { name: "a", namespace },
  ...more,
});

describe("objects", () => {
  test("kinds of secrets, of events and of rights are not asked for", () => {
    const names = ["secrets", "events", "events.events.k8s.io", "leases.coordination.k8s.io", "pods", "", "nodes"];
    names.push("clusterrolebindings.rbac.authorization.k8s.io", "machines.cluster.x-k8s.io");
    expect(kindsTaken(names)).toEqual(["pods", "nodes", "machines.cluster.x-k8s.io"]);
  });

  test.each([
    ["Secret", "kube-system", false],
    ["ConfigMap", "default", false],
    ["ConfigMap", "metallb-system", true],
    ["Pod", "default", true],
  ])("a %s of %s: %s", (kind, namespace, expected) => {
    expect(isTaken(object(kind, namespace))).toBe(expected);
  });

  test.each(["kube-system", "capi-kubeadm-bootstrap-system", "capa-system", "cert-manager", "calico-system"])(
    "logs of %s are the installation's",
    (namespace) => expect(isOwnNamespace(namespace)).toBe(true),
  );

  test.each(["default", "shop", "capital", "my-cert-manager", undefined])("logs of %s are the user's", (namespace) => {
    expect(isOwnNamespace(namespace)).toBe(false);
  });

  test("of a kind's definition no schema stays, of a certificate its length", () => {
    const crd = object("CustomResourceDefinition", "", {
      spec: { versions: [{ name: "v1", schema: {} }], conversion: { caBundle: "x".repeat(300) } },
    });
    expect(JSON.stringify(slimObject(crd))).toMatch(/"versions":\[\{"name":"v1"\}\]/);
    expect(JSON.stringify(slimObject(crd))).toContain("(300 characters)");
  });

  test("a condition is one line", () => {
    const conditions = [{ type: "Ready", status: "False", reason: "NotReady", message: "a\n b" }];
    expect(conditionLines([object("Machine", "default", { status: { conditions } })])).toEqual([
      "Machine default/a: Ready=False (NotReady) a b",
    ]);
  });
});

test("logs: those of containers that did their work are left out, those before a restart are added", () => {
  const statuses = [
    { name: "done", state: { terminated: { exitCode: 0 } } },
    { name: "failed", state: { terminated: { exitCode: 1 } } },
    { name: "again", restartCount: 2, state: { running: {} } },
  ];
  const pods = ["kube-system", "shop"].map((namespace) =>
    object("Pod", namespace, { status: { containerStatuses: statuses } }),
  );
  expect(logPlaces(pods).map(({ namespace, container, previous }) => [namespace, container, previous])).toEqual([
    ["kube-system", "failed", false],
    ["kube-system", "again", false],
    ["kube-system", "again", true],
  ]);
});

test("logs in a node's files: without the runtime's marks, of the installation alone", () => {
  const text = [
    "== /var/log/pods/kube-system_etcd-x_0a1b/etcd/0.log",
    "2026-11-24T18:00:00Z stderr P a broken ",
    "2026-11-24T18:00:00Z stderr F line",
    "2026-11-24T18:00:01Z stdout F another",
    "== /var/log/pods/shop_web-x_0a1b/web/0.log",
    "2026-11-24T18:00:00Z stdout F an order",
    "",
  ].join("\n");
  expect(logsOfNode(text)).toEqual([
    { place: ["kube-system", "etcd-x", "etcd-0.log"], text: "a broken line\nanother\n" },
  ]);
});

describe("settings", () => {
  test("secrets are taken out, also those written in clear", () => {
    const text = [
      "encryptionsalt: v1:abc",
      "config:",
      "  slipway:clusterName: east",
      "  slipway:templateSecrets: { AWS_KEY: in-clear }",
      "  slipway:other: { secure: v1:x }",
      "  slipway:featureGates: { A_PASSWORD: word, EXP: 'true' }",
    ].join("\n");
    const open = settingsWithoutSecrets(text, "the file", redact);
    for (const secret of ["abc", "in-clear", "v1:x", "word"]) expect(open).not.toContain(secret);
    expect(open).toContain("slipway:clusterName: east");
    expect(open).toContain("EXP: 'true'");
  });

  test("what cannot be read is not given away", () => {
    expect(() => settingsWithoutSecrets("a: [", "the file", redact)).toThrow(/YAML/);
  });
});

test("of the state only what names a resource stays", () => {
  const resource = { urn: "urn:a", type: "t", id: "i", inputs: { key: "x" }, outputs: { key: "x" } };
  const state = { deployment: { resources: [resource], pending_operations: [{ type: "creating", resource }] } };
  expect(JSON.parse(JSON.stringify(resourceList(state)))).toEqual({
    resources: [{ urn: "urn:a", type: "t", id: "i" }],
    pending: [{ type: "creating", resource: { urn: "urn:a", type: "t", id: "i" } }],
  });
});

test("secret settings are known in clear", () => {
  const config = {
    "slipway:clusterName": { value: "east" },
    "slipway:templateSecrets": { value: "{}", objectValue: { A: "one", B: { C: "two" } }, secret: true },
    "slipway:x": { value: "three", secret: true },
  };
  expect(secretTexts(JSON.stringify(config))).toEqual(["one", "two", "three"]);
});

test("nothing goes into the archive past the redaction", () => {
  const token = "abcdef.0123456789abcdef";
  const files = sealed(
    [
      { name: `a-${token}`, content: token },
      { name: "b", content: [{ kind: "Secret", data: { a: "QQ==" } }, { message: token }] },
    ],
    redact,
  );
  expect(JSON.stringify(files)).not.toMatch(/0123456789abcdef|QQ==/);
});

test.each([
  [["a", "b.log"], "a/b.log"],
  [["../etc", "a/b"], "__etc/a_b"],
  [["x".repeat(60)], `${"x".repeat(20)}__${"x".repeat(26)}`],
])("a path that every file system takes: %j", (names, expected) => {
  expect(pathOf(...names)).toBe(expected);
});

test("secrets among a state's inputs are known, encoded ones decoded too; outputs and public keys are not", () => {
  const secret = (value: unknown): object => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
  });
  const deployment = {
    resources: [
      {
        inputs: { kind: "Secret", data: secret({ a: Buffer.from("a password\n").toString("base64"), short: "QQ==" }) },
      },
      { inputs: { stdin: secret("a kubeconfig"), environment: { open: "not a secret" } } },
      { inputs: { list: [{ text: secret("in a list"), username: secret({ username: "everybody" }) }] } },
      { outputs: { metadata: secret({ name: "a-public-name" }) } },
      {},
    ],
    pending_operations: [{ type: "creating", resource: { inputs: { text: secret("not made yet") } } }],
  };
  expect(secretInputs(JSON.stringify({ deployment }))).toEqual([
    "YSBwYXNzd29yZAo=",
    "a password",
    "a kubeconfig",
    "in a list",
    "not made yet",
  ]);
  expect(secretInputs(JSON.stringify({ deployment: {} }))).toEqual([]);
  expect(secretInputs("no JSON")).toEqual([]);
});
