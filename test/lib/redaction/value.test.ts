import { expect, test } from "@jest/globals";
import { redactor } from "../../../lib/redaction/text";
import { redactEnvironment, redactValue } from "../../../lib/redaction/value";

const redacted = "[redacted]";
const without = (value: unknown): unknown => redactValue(value, redactor());

test.each([
  [
    "a Secret's values, not its keys",
    { kind: "Secret", data: { "tls.key": "QQ==" } },
    { kind: "Secret", data: { "tls.key": redacted } },
  ],
  [
    "a Secret in a list",
    { items: [{ kind: "Secret", stringData: { a: "b" } }] },
    { items: [{ kind: "Secret", stringData: { a: redacted } }] },
  ],
  [
    "a text that holds a Secret",
    { data: { "a.yaml": "kind: Secret\nstringData: {a: b}\n", open: "kind: Secret" } },
    { data: { "a.yaml": redacted, open: "kind: Secret" } },
  ],
  [
    "a certificate key",
    { spec: { initConfiguration: { certificateKey: "00aa" } } },
    { spec: { initConfiguration: { certificateKey: redacted } } },
  ],
  [
    "a join token",
    { discovery: { bootstrapToken: { token: "a", apiServerEndpoint: "x" } } },
    { discovery: { bootstrapToken: { token: redacted, apiServerEndpoint: "x" } } },
  ],
  [
    "a password hash of a node's user",
    { users: [{ name: "me", passwd: "$6$x" }] },
    { users: [{ name: "me", passwd: redacted }] },
  ],
  [
    "a file's content",
    { files: [{ path: "/etc/x", owner: "root", content: "x" }] },
    { files: [{ path: "/etc/x", owner: "root", content: redacted }] },
  ],
  [
    "a variable of a pod by its name",
    {
      env: [
        { name: "DB_PASSWORD", value: "x" },
        { name: "MTU", value: "1440" },
      ],
    },
    {
      env: [
        { name: "DB_PASSWORD", value: redacted },
        { name: "MTU", value: "1440" },
      ],
    },
  ],
  [
    "an annotation that repeats the object",
    { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", a: "b" } },
    { annotations: { a: "b" } },
  ],
  [
    "a text in which a token stands",
    { message: ["joined with abcdef.0123456789abcdef"] },
    { message: [`joined with abcdef.${redacted}`] },
  ],
])("takes out %s", (_, value, expected) => {
  expect(without(value)).toEqual(expected);
});

test.each([
  { secretName: "capi-webhook-service-cert", automountServiceAccountToken: false, replicas: 3, note: null },
  { kind: "ObjectReference", name: "capd-kubeconfig", items: [{ key: "a", path: "b" }] },
  { serviceAccountToken: { path: "token", expirationSeconds: 3607 }, token: "" },
  { env: [{ name: "MY_TOKEN", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }] },
])("keeps values that are not secret", (value) => {
  expect(without(value)).toEqual(value);
});

test("of environment variables only the names stay", () => {
  expect(redactEnvironment(["A=b=c", "EMPTY="])).toEqual([`A=${redacted}`, `EMPTY=${redacted}`]);
});
