import { describe, expect, test } from "@jest/globals";
import { candidateRanges, subnetCandidates } from "../../../lib/network/freeSubnet";
import { parseNetwork } from "../../../lib/network/parse";
import {
  completeProxyVariables,
  inBothCases,
  isLoopback,
  networksBehindProxy,
  proxyHost,
  readProxyVariables,
  withoutLoopback,
} from "../../../lib/network/proxy";

const proxy = "http://user:secret@proxy.example.org:3128";

describe("readProxyVariables", () => {
  test("reads lower case first, and counts an empty variable as absent", () => {
    expect(
      readProxyVariables({ http_proxy: "http://a", HTTP_PROXY: "http://b", HTTPS_PROXY: "", no_proxy: "x" }),
    ).toEqual({
      HTTP_PROXY: "http://a",
      NO_PROXY: "x",
    });
  });
});

describe("completeProxyVariables", () => {
  test("keeps the user's entries first, and adds this machine, Services and the networks", () => {
    const { NO_PROXY } = completeProxyVariables(
      { HTTPS_PROXY: proxy, NO_PROXY: " .example.org , 10.0.0.0/8,localhost" },
      [parseNetwork("172.18.0.0/16"), parseNetwork("fd00::/56")],
      ["lab.internal", "cluster.local"],
    );
    expect(NO_PROXY).toBe(
      ".example.org,10.0.0.0/8,localhost,127.0.0.1,::1,.svc,.cluster.local,.lab.internal,172.18.0.0/16,fd00::/56",
    );
  });

  test("is the same for its own result", () => {
    const networks = [parseNetwork("172.18.0.0/16")];
    const once = completeProxyVariables({ HTTP_PROXY: proxy }, networks);
    expect(completeProxyVariables(once, networks)).toEqual(once);
  });

  test("changes nothing without a proxy", () => {
    expect(completeProxyVariables({ NO_PROXY: "a" }, [parseNetwork("10.0.0.0/8")])).toEqual({ NO_PROXY: "a" });
  });
});

describe("networksBehindProxy", () => {
  const networks = [parseNetwork("172.18.0.0/16"), parseNetwork("fd00:1::/64")];
  test.each([
    ["", ["172.18.0.0/16", "fd00:1::/64"]],
    ["172.18.0.0/17", ["172.18.0.0/16", "fd00:1::/64"]],
    ["172.16.0.0/12,example.org", ["fd00:1::/64"]],
    ["172.18.0.0/16,fd00::/16", []],
    ["*", []],
  ])("with NO_PROXY=%s", (NO_PROXY, behind) => {
    expect(networksBehindProxy({ HTTP_PROXY: proxy, NO_PROXY }, networks).map(({ text }) => text)).toEqual(behind);
  });

  test("has no network without a proxy", () => {
    expect(networksBehindProxy({}, networks)).toEqual([]);
  });
});

test.each([
  ["http://127.0.0.1:3128", true],
  ["127.0.0.2:3128", true],
  ["localhost:3128", true],
  ["http://user:pw@[::1]:3128", true],
  ["https://proxy.localhost", true],
  ["http://172.17.0.1:3128", false],
  [proxy, false],
  ["http://127.0.0.1.example.org", false],
])("the proxy %s is at this machine: %s", (value, expected) => {
  expect(isLoopback(proxyHost(value) ?? "")).toBe(expected);
  expect("HTTP_PROXY" in withoutLoopback({ HTTP_PROXY: value, NO_PROXY: "a" })).toBe(!expected);
});

test("variables are set in both cases", () => {
  expect(inBothCases({ HTTP_PROXY: "a", NO_PROXY: "b" })).toEqual({
    HTTP_PROXY: "a",
    http_proxy: "a",
    NO_PROXY: "b",
    no_proxy: "b",
  });
});

test("the ranges contain every subnet that a first up may take", () => {
  expect(
    networksBehindProxy(
      { HTTP_PROXY: proxy, NO_PROXY: candidateRanges.map(({ text }) => text).join() },
      subnetCandidates,
    ),
  ).toEqual([]);
});
