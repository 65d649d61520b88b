import { expect, test } from "@jest/globals";
import { hostsOfRoute, registryAddresses } from "../../../cli/toolchain/hosts";

test("the release route needs the hosts that serve the tools", async () => {
  const hosts = (await hostsOfRoute("release")).map(({ url }) => new URL(url).host);
  expect(hosts).toEqual(["github.com", "dl.k8s.io"]);
});

test("the source route needs the package registries of this machine's settings", () => {
  const goProxy = "https://go.example/proxy|https://go.example.org,direct";
  const addresses = registryAddresses(goProxy, "https://npm.example/", ["http://debian.example/debian"]);
  expect(addresses).toEqual([
    "https://go.example/proxy",
    "https://go.example.org",
    "https://npm.example/",
    "http://debian.example/debian",
  ]);
  expect(registryAddresses("file:///cache,off", "", [])).toEqual([]);
});
