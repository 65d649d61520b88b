import { expect, test } from "@jest/globals";
import { kubeadmNodeFiles, nodeFiles, nodeFilesSecret } from "../../../lib/cluster/nodeFiles";

test("nodes need no file without a proxy, a bundle and logins", () => {
  expect(nodeFiles({})).toEqual([]);
});

test("containerd gets the proxy, with what systemd would expand in quotes", () => {
  const proxy = { HTTPS_PROXY: 'http://me:a%2F"b\\@proxy:3128', NO_PROXY: "localhost,172.18.0.0/16" };
  expect(nodeFiles({ proxy })).toEqual([
    {
      path: "/etc/systemd/system/containerd.service.d/slipway-proxy.conf",
      reader: "containerd",
      text: '[Service]\nEnvironment="HTTPS_PROXY=http://me:a%%2F\\"b\\\\@proxy:3128"\nEnvironment="NO_PROXY=localhost,172.18.0.0/16"\n',
      environment: { ...proxy, HTTPS_PROXY: 'http://me:a%%2F"b\\@proxy:3128' },
    },
  ]);
});

const access = { caBundle: "-----BEGIN CERTIFICATE-----\n", pullLogins: '{"auths":{}}\n' };
const cluster = { name: "capd", namespace: "team", nodeAccess: access };

test("authorities are readable by all programs, logins by root alone", () => {
  expect(nodeFiles(access)).toEqual([
    {
      path: "/usr/local/share/ca-certificates/slipway.crt",
      reader: "authorities",
      mode: "0644",
      text: access.caBundle,
    },
    { path: "/var/lib/kubelet/config.json", reader: "kubelet", text: access.pullLogins },
  ]);
});

test("new nodes get both files from one Secret, before containerd pulls", () => {
  const secret = nodeFilesSecret(cluster);
  expect(secret).toMatchObject({ kind: "Secret", metadata: { name: "capd-node-files", namespace: "team" } });
  expect(kubeadmNodeFiles(cluster)).toEqual({
    files: [
      {
        path: "/usr/local/share/ca-certificates/slipway.crt",
        permissions: "0644",
        contentFrom: { secret: { name: "capd-node-files", key: "authorities.crt" } },
      },
      {
        path: "/var/lib/kubelet/config.json",
        permissions: "0600",
        contentFrom: { secret: { name: "capd-node-files", key: "config.json" } },
      },
    ],
    preKubeadmCommands: ["update-ca-certificates && systemctl restart containerd"],
  });
  const data = secret?.["data"] as Record<string, string>;
  expect(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()])).toEqual([
    ["authorities.crt", access.caBundle],
    ["config.json", access.pullLogins],
  ]);
});

test("another bundle or login changes the Secret alone", () => {
  const other = { ...cluster, nodeAccess: { caBundle: "other", pullLogins: "other" } };
  expect(kubeadmNodeFiles(other)).toEqual(kubeadmNodeFiles(cluster));
  expect(nodeFilesSecret(other)).not.toEqual(nodeFilesSecret(cluster));
});

test("a cluster without both has no Secret and no settings of kubeadm for them", () => {
  for (const nodeAccess of [undefined, { proxy: { HTTPS_PROXY: "http://proxy" } }]) {
    const plain = { name: "capd", namespace: "team", ...(nodeAccess === undefined ? {} : { nodeAccess }) };
    expect(nodeFilesSecret(plain)).toBeUndefined();
    expect(kubeadmNodeFiles(plain)).toEqual({});
  }
});
