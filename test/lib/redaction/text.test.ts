import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { redactor } from "../../../lib/redaction/text";
import { findSecrets } from "../../e2e/secretScan";

const redact = redactor();
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const inLines = (text: string, width = 76): string => text.replace(new RegExp(`.{${width}}(?=.)`, "g"), "$&\n");
const pem = (bytes: Uint8Array, kind = "RSA PRIVATE KEY"): string =>
  `-----BEGIN ${kind}-----\n${inLines(Buffer.from(bytes).toString("base64"), 64)}\n-----END ${kind}-----\n`;

describe("a secret that is known by its form or its name", () => {
  test.each([
    ["a bootstrap token", "token abcdef.0123456789abcdef of kubeadm", "token abcdef.[redacted] of kubeadm"],
    ["one at a sentence's end", "uses abcdef.0123456789abcdef.", "uses abcdef.[redacted]."],
    ["a join command", "kubeadm join --token abcdef.0123456789abcdef x", "kubeadm join --token [redacted] x"],
    ["a certificate key", `certificateKey: ${"0a".repeat(32)}`, "certificateKey: [redacted]"],
    ["as a flag", `--certificate-key ${"0a".repeat(32)} --v 5`, "--certificate-key [redacted] --v 5"],
    ["a client key", "    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJ\n", "    client-key-data: [redacted]\n"],
    ["in JSON", '{"client-key-data":"LS0tLS1C","a":1}', '{"client-key-data":"[redacted]","a":1}'],
    ["in JSON inside a text", '"{\\"token\\":\\"abc\\",\\"a\\":1}"', '"{\\"token\\":\\"[redacted]\\",\\"a\\":1}"'],
    ["a password with spaces", 'password: "my own word" # x', 'password: "[redacted]" # x'],
    ["a password in single quotes", "DB_PASSWORD='my own'", "DB_PASSWORD='[redacted]'"],
    ["an environment variable", "AWS_SECRET_ACCESS_KEY=abc/def+1", "AWS_SECRET_ACCESS_KEY=[redacted]"],
    ["a header", "Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"],
    ["a header in JSON", '"Authorization":["Basic dXNlcjpw"]', '"Authorization":["Basic [redacted]"]'],
    ["a URL's password", "from https://me:word@example.org/x", "from https://[redacted]@example.org/x"],
    ["a web token", `got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5l.c2lnbmF0dXJl!`, "got [redacted]!"],
    ["Pulumi's encrypted value", "  secure: v1:abc:def==", "  secure: [redacted]"],
    ["Pulumi's salt", "encryptionsalt: v1:abc=:v1:def", "encryptionsalt: [redacted]"],
    ["a key whose end is cut", "x\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nIAb+/=", "x\n[redacted]"],
    ["a key whose beginning is cut", "Zm9vYmFyYmF6cXV4\nQUJD\n-----END PRIVATE KEY-----\nx", "[redacted]\nx"],
    ["a key of SSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3\n-----END OPENSSH PRIVATE KEY-----", "[redacted]"],
  ])("%s", (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

test.each([
  'E1124 17:00:00.1 1 controller.go:1 Reconciler error err="failed to get secret capd-kubeconfig: not found"',
  "containerd://0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
  "docker-pullable://nginx@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
  "--service-account-private-key-file=/etc/kubernetes/pki/sa.key --tls-private-key-file=/x.key",
  "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIIQ\n-----END CERTIFICATE-----",
  "insecure: true\ntoken: null\nautomountServiceAccountToken: false\nsecretName: capi-webhook-service-cert",
  "serviceAccountToken: {expirationSeconds: 3607, path: token}",
  "--discovery-token-ca-cert-hash sha256:0a1b2c3d",
  "image registry.k8s.io/kube-apiserver:v1.34.4 of kube-apiserver.manifest.yaml",
  "/var/lib/kubelet/pods/8f0c7d3e-8a86-4b6f-9d1c-1f7f6d0f4a11/volumes/kubernetes.io~projected",
])("a text without secrets stays: %s", (text) => {
  expect(redact(text)).toBe(text);
});

const letters = (alphabet: string, length: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((characters) => characters.join(""));
const lowercase = "abcdefghijklmnopqrstuvwxyz0123456789";

const keys = fc.uint8Array({ minLength: 100, maxLength: 1300 }).map((bytes) => pem(bytes));
const tokens = fc
  .tuple(letters(lowercase, 6), letters(lowercase, 16))
  .map(([id, secret]) => ({ text: `${id}.${secret}`, secret }));

/** Ways in which a text comes into a log, an object or a file. */
const places: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "in JSON": (text) => JSON.stringify({ message: text }),
  "in JSON inside JSON": (text) => JSON.stringify({ stderr: JSON.stringify({ message: text }) }),
  indented: (text) => `content: |\n${text.replace(/^/gm, "    ")}`,
  "in base64": (text) => `  value: ${base64(text)}\n`,
  "in base64 of lines": (text) => `${inLines(base64(text))}\n`,
  "in base64 of a kubeconfig": (text) => base64(`users:\n- user:\n    client-key-data: ${base64(text)}\n`),
  "in base64 behind a path": (text) => `/etc/${base64(text)}`,
};

describe.each(Object.entries(places))("%s, between any other text", (_, place) => {
  const around = fc.tuple(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }));

  test("no private key stays", () => {
    fc.assert(
      fc.property(keys, around, (key, [before, after]) => {
        const text = `${before}\n${place(`${before}\n${key}${after}`)}\n${after}`;
        expect(findSecrets([{ name: "the key", text: key }], { archive: redact(text) })).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("no bootstrap token stays", () => {
    fc.assert(
      fc.property(tokens, around, (token, [before, after]) => {
        const text = `${before}\n${place(`${before} ${token.text} ${after}`)}\n${after}`;
        expect(findSecrets([{ name: "the token", text: token.secret }], { archive: redact(text) })).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("nothing known stays", () => {
    // A word of one letter is found in parts of itself.
    const words = fc
      .string({ minLength: 16, maxLength: 60 })
      .filter((word) => word.trim() === word && new Set(word).size > 7);
    fc.assert(
      fc.property(words, around, (word, [before, after]) => {
        const text = `${before}\n${place(`${before}${word}${after}`)}\n${after}`;
        expect(findSecrets([{ name: "the word", text: word }], { archive: redactor([word])(text) })).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

test("what was redacted once is as it is to be", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          keys,
          tokens.map(({ text }) => `token: ${text}`),
        ),
      ),
      (parts) => {
        const once = redact(parts.join(" "));
        expect(redact(once)).toBe(once);
      },
    ),
  );
});

test("a megabyte of a log takes less than some seconds", () => {
  const line =
    'I1124 17:00:00.1 1 a.go:1 "Reconciling" Machine="default/capd-x" token="x" sha256:0a1b2c3d4e5f60718293a4b5c6\n';
  const begin = Date.now();
  redact(line.repeat(10_000) + "a".repeat(1_000_000) + " word".repeat(50_000));
  expect(Date.now() - begin).toBeLessThan(5000);
});

test("a secret with half a character is found too", () => {
  const secret = "before \ud800 after";
  expect(redactor([secret])(`it is ${secret}`)).toBe("it is [redacted]");
});
