import { expect, test } from "@jest/globals";
import { needsNodeFiles, nodeFiles, proxyFile } from "../../../lib/cluster/nodeFiles";

test("nodes need no file without a proxy, and lose one of an earlier run", () => {
  expect(needsNodeFiles({})).toBe(false);
  expect(nodeFiles({})).toEqual([{ path: proxyFile, reader: "containerd" }]);
});

test("containerd gets the proxy, with what systemd would expand in quotes", () => {
  const proxy = { HTTPS_PROXY: 'http://me:a%2F"b\\@proxy:3128', NO_PROXY: "localhost,172.18.0.0/16" };
  expect(needsNodeFiles({ proxy })).toBe(true);
  expect(nodeFiles({ proxy })).toEqual([
    {
      path: "/etc/systemd/system/containerd.service.d/slipway-proxy.conf",
      reader: "containerd",
      text: '[Service]\nEnvironment="HTTPS_PROXY=http://me:a%%2F\\"b\\\\@proxy:3128"\nEnvironment="NO_PROXY=localhost,172.18.0.0/16"\n',
      environment: proxy,
    },
  ]);
});
