import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import {
  base64Of,
  bootstrapTokensIn,
  findSecrets,
  privateKeysIn,
  type Secret,
  secretsOfKubeconfig,
  secretsOfList,
  windowsOf,
} from "./secretScan";

const rsaKey = (): string =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }) as string;
const key = rsaKey();
const secret: Secret = { name: "the key", text: key };
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const kubeconfig = `users:\n- user:\n    client-key-data: ${base64(key)}\n    token: ${base64("x".repeat(30))}\n`;

describe("a key is found", () => {
  test.each<[string, string]>([
    ["as it is", `some text\n${key}\nmore`],
    ["in JSON", JSON.stringify({ a: [key] })],
    ["in JSON in JSON", JSON.stringify(JSON.stringify({ a: key }))],
    ["indented", key.replaceAll("\n", "\n        ")],
    ["with Windows line ends", key.replaceAll("\n", "\r\n")],
    ["on one line", key.replaceAll("\n", "")],
    ["in base64", base64(key)],
    ["in base64 of a kubeconfig, as a Secret holds it", base64(kubeconfig)],
    ["with only its last half left, as a log cut it", key.slice(key.length / 2)],
    ["with only its first half left", key.slice(0, key.length / 2)],
    ["in hex", Buffer.from(key).toString("hex")],
  ])("%s", (_, text) => {
    expect(findSecrets([secret], { there: text, elsewhere: "nothing" })).toEqual(["the key is readable in there"]);
  });

  test("in base64, wherever in the text it begins", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (before, after) => {
        expect(findSecrets([secret], { there: base64(before + key + after) })).toHaveLength(1);
      }),
    );
  });
});

test("another key, a certificate and random bytes are not taken for it", () => {
  const unrelated = { key: rsaKey(), random: randomBytes(1 << 20), base64: randomBytes(1 << 20).toString("base64") };
  expect(findSecrets([secret], unrelated)).toEqual([]);
});

test("a finding does not repeat the secret", () => {
  const [findings = ""] = findSecrets([{ name: "passphrase", text: "a rather long passphrase" }], {
    log: "it is a rather long passphrase, is it not",
  });
  expect(findings).toBe("passphrase is readable in log");
});

test("what is too short to look for is an error, not a silent pass", () => {
  expect(() => findSecrets([{ name: "x", text: "short" }], {})).toThrow("x is too short");
  expect(() => findSecrets([{ name: "x", text: "" }], {})).toThrow("x is too short");
});

test("windows hold no line break and nothing that all keys share", () => {
  for (const window of windowsOf(key)) {
    expect(key).toContain(window);
    expect(window).not.toMatch(/\n|-----|^MII/);
  }
  expect(windowsOf("a rather long passphrase")).toEqual(["a rather long passphrase"]);
});

test("base64Of gives what is in the encoding at every alignment", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 16, maxLength: 60 }), fc.uint8Array({ maxLength: 9 }), (piece, before) => {
      const whole = Buffer.concat([before, Buffer.from(piece), before]).toString("base64");
      expect(whole).toContain(base64Of(piece)[before.length % 3]);
    }),
  );
});

describe("secrets of", () => {
  test("a kubeconfig: client key both ways, and token", () => {
    const findings = secretsOfKubeconfig("c", kubeconfig);
    expect(findings.map(({ name }) => name)).toEqual([
      "the client key of c as base64",
      "the client key of c (private key 1)",
      "a token of c",
    ]);
    expect(findings[1]!.text).toBe(key.trim());
  });

  test("PEM files: keys of any kind, no certificates", () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pems = [
      ec.privateKey.export({ type: "sec1", format: "pem" }),
      ec.publicKey.export({ type: "spki", format: "pem" }),
    ];
    expect(privateKeysIn("pki", `${pems.join("")}${key}`)).toHaveLength(2);
    // A small key too is long enough to be looked for.
    for (const each of privateKeysIn("pki", String(pems[0])))
      expect(findSecrets([each], { a: each.text })).toHaveLength(1);
  });

  test("cloud-init: bootstrap tokens once, by their secret half", () => {
    const text = "token: abcdef.0123456789abcdef\ntokens:\n- abcdef.0123456789abcdef\nserver: a.example.org";
    expect(bootstrapTokensIn("m", text)).toEqual([{ name: "a bootstrap token of m", text: "0123456789abcdef" }]);
  });

  test("a list of Secrets", () => {
    const data = {
      "tls.key": base64(key),
      "tls.crt": base64("-----BEGIN CERTIFICATE-----"),
      value: base64(kubeconfig),
    };
    const tokens = { token: base64("t".repeat(20)) };
    const items = [data, tokens, undefined].map((each) => ({ metadata: { namespace: "n", name: "s" }, data: each }));
    expect(secretsOfList("c", JSON.stringify({ items })).map(({ name }) => name.split(" of Secret")[0])).toEqual([
      "tls.key",
      "the client key of value",
      "the client key of value",
      "a token of value",
      "token",
    ]);
  });
});
