import { describe, expect, test } from "@jest/globals";
import { parseNetwork } from "../../../lib/network/parse";
import type { ProxyVariables } from "../../../lib/network/proxy";
import type { Requirements } from "../../../preflight/host/check";
import type { HostFacts } from "../../../preflight/host/facts";
import { checkProxy } from "../../../preflight/host/proxy";

const requirements = {
  subnet: parseNetwork("172.18.0.0/16"),
  clusterNetworks: [parseNetwork("192.168.0.0/16"), parseNetwork("10.128.0.0/12")],
  nodesPull: true,
} as unknown as Requirements;
const check = (proxy: ProxyVariables, more: Partial<Requirements> = {}) =>
  checkProxy({ proxy } as HostFacts, { ...requirements, ...more });
const all = "172.18.0.0/16,192.168.0.0/16,10.128.0.0/12";

describe("the check of the proxy", () => {
  test("does not apply without a proxy", () => {
    expect(check({ NO_PROXY: "a" })).toBeUndefined();
  });

  test("shows the proxy without its password", () => {
    expect(check({ HTTPS_PROXY: "http://me:pa@ss@proxy.example.org:3128", NO_PROXY: all })).toEqual({
      name: "proxy",
      status: "ok",
      detail: "HTTPS_PROXY http://proxy.example.org:3128",
    });
  });

  test("refuses a proxy at this machine if nodes pull images, and warns otherwise", () => {
    const proxy = { HTTP_PROXY: "me:secret@127.0.0.1:3128", NO_PROXY: all };
    const refused = check(proxy);
    expect(refused).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("HTTP_PROXY 127.0.0.1:3128: an address of this machine"),
    });
    expect(refused?.remedy).toMatch(/172\.17\.0\.1/);
    expect(JSON.stringify(refused)).not.toContain("secret");
    expect(check(proxy, { nodesPull: false })).toMatchObject({ status: "warn" });
  });

  test("refuses a NO_PROXY without a network of the stack, and names the networks", () => {
    expect(check({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "172.18.0.0/16" })).toEqual({
      name: "proxy",
      status: "fail",
      detail:
        "NO_PROXY lacks 192.168.0.0/16, 10.128.0.0/12, so Pulumi and kubectl would ask the proxy for the clusters' addresses",
      remedy: "run slipway up, which completes NO_PROXY, or add 192.168.0.0/16,10.128.0.0/12 to NO_PROXY",
    });
  });
});
