import { expect, test } from "@jest/globals";
import { knownOfEnvironment, knownOfKubeconfig, knownOfSecrets } from "../../../lib/redaction/known";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

test("a kubeconfig's client key, token and password are known", () => {
  const text = "users:\n- name: a\n  user:\n    client-key-data: S0VZ\n    token: abc\n    password: 'word'\n";
  expect(knownOfKubeconfig(`${text}clusters:\n- cluster:\n    certificate-authority-data: Q0E=\n`)).toEqual([
    "S0VZ",
    "abc",
    "word",
  ]);
});

test("knows values of Secrets but for names, certificates and short words", () => {
  const secret = {
    data: {
      secretkey: base64("kZx81Qw=="),
      "token-secret": base64("0123456789abcdef"),
      value: base64("users:\n- user:\n    client-key-data: S0VZ\n"),
      "tls.crt": base64("-----BEGIN-----"),
      namespace: base64("kube-system"),
      "usage-bootstrap-signing": base64("true-enough"),
      description: base64("one-word-only"),
      short: base64("abc"),
      sentence: base64("more words than one\n"),
      lines: base64("first line\nsecond line\n"),
    },
  };
  expect(knownOfSecrets([secret, {}])).toEqual([
    "kZx81Qw==",
    "0123456789abcdef",
    "users:\n- user:\n    client-key-data: S0VZ",
    "S0VZ",
    "more words than one",
    "first line\nsecond line",
  ]);
});

test("knows the logins and passwords in a Secret with Docker's config.json", () => {
  const auth = base64("me:s3cret-password");
  const text = JSON.stringify({ auths: { "a.example.org": { auth } } });
  expect(knownOfSecrets([{ data: { "config.json": base64(text) } }])).toEqual([text, auth, "s3cret-password"]);
});

test("of the environment what is a secret by its name, but no path", () => {
  const env = {
    PULUMI_CONFIG_PASSPHRASE: "a passphrase",
    PULUMI_CONFIG_PASSPHRASE_FILE: "/home/me/passphrase",
    AWS_SECRET_ACCESS_KEY: "abcdefgh",
    GITHUB_TOKEN: "12345678",
    SHORT_TOKEN: "1",
    HOME: "/home/me-and-you",
  };
  expect(knownOfEnvironment(env)).toEqual(["a passphrase", "abcdefgh", "12345678"]);
});
