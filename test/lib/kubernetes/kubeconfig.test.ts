import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeSecretValue, forHost, parseKubeconfig, serverOf, withServer } from "../../../lib/kubernetes/kubeconfig";

/** As Cluster API writes it. */
const text = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://172.18.0.3:6443
  name: capd
- cluster:
    server: https://other:6443
  name: other
contexts:
- context:
    cluster: capd
    user: capd-admin
  name: capd-admin@capd
current-context: capd-admin@capd
kind: Config
users:
- name: capd-admin
  user:
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
`;

describe("server", () => {
  test("is the current context's", () => {
    expect(serverOf(text)).toBe("https://172.18.0.3:6443");
  });

  test("is replaced for the current context's cluster only", () => {
    const changed = withServer(text, "https://127.0.0.1:40001");
    expect(serverOf(changed)).toBe("https://127.0.0.1:40001");
    const before = parseKubeconfig(text);
    const after = parseKubeconfig(changed);
    expect(after.clusters[1]).toEqual(before.clusters[1]);
    expect(after.clusters[0]?.cluster["certificate-authority-data"]).toBe("Q0E=");
    expect({ ...after, clusters: [] }).toEqual({ ...before, clusters: [] });
  });
});

describe("forHost", () => {
  test("leaves the text alone on Linux, byte by byte", () => {
    expect(forHost(text, { reach: "address" })).toBe(text);
    expect(forHost(text, { reach: "address", publishedPort: 1 })).toBe(text);
  });

  test("takes the published port where addresses are not reached", () => {
    expect(serverOf(forHost(text, { reach: "published-port", publishedPort: 55000 }))).toBe("https://127.0.0.1:55000");
  });

  test.each([undefined, 0, 65536, 1.5, NaN])("refuses the published port %s", (publishedPort) => {
    expect(() => forHost(text, { reach: "published-port", publishedPort })).toThrow(
      /published port of https:\/\/172\.18\.0\.3:6443: expected a port from 1 to 65535.*`docker port <cluster>-lb 6443/,
    );
  });
});

describe("parseKubeconfig", () => {
  test.each([
    ["nothing", ""],
    ["no YAML", "S0VZ: [S0VZ"],
    ["another document", "kind: Config"],
    ["two documents", `${text}---\n${text}`],
    ["a context that is not there", text.replace("current-context: capd-admin@capd", "current-context: S0VZ@x")],
    ["a cluster that is not there", text.replace("    cluster: capd", "    cluster: gone")],
    ["a cluster without a server", text.replace("    server: https://other:6443", "    x: y")],
  ])("refuses %s without showing a key", (_, broken) => {
    let message = "";
    try {
      parseKubeconfig(broken);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/kubeconfig: expected (a map with clusters|a context)/);
    expect(message.replace("S0VZ@x", "")).not.toContain("S0VZ");
  });
});

describe("decodeSecretValue", () => {
  test("decodes any text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (value) => {
        expect(decodeSecretValue({ value: Buffer.from(value).toString("base64") })).toBe(value);
      }),
    );
  });

  test("takes another key", () => {
    expect(decodeSecretValue({ "tls.crt": "eA==", value: "eQ==" }, "tls.crt")).toBe("x");
  });

  test.each([
    [undefined, "the keys of the Secret: none"],
    [{}, "the keys of the Secret: none"],
    [
      { kubeconfig: "eA==", other: "eA==" },
      "key value of the secret: expected a value (the keys of the Secret: kubeconfig, other), got nothing",
    ],
    [{ value: "" }, 'expected a value (the keys of the Secret: value), got ""'],
    [{ value: "no base64!" }, "expected a string in base64"],
  ])("refuses %j", (data, message) => {
    expect(() => decodeSecretValue(data)).toThrow(message);
  });
});
