import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { proxyLines, takeProxy } from "../../../cli/commandLine/proxy";
import { parseNetwork } from "../../../lib/network/parse";
import { networksBehindProxy, readProxyVariables } from "../../../lib/network/proxy";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";

describe("takeProxy", () => {
  const settings = readSettings({ config: { networkSubnet: "10.7.0.0/16", podCidr: "10.9.0.0/16" }, pins });

  test("sets the variables in both cases, and completes NO_PROXY with the stack's networks", () => {
    const env: NodeJS.ProcessEnv = { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "example.org" };
    takeProxy(env, () => settings);
    expect(env).toMatchObject({ https_proxy: "http://proxy:3128", HTTPS_PROXY: "http://proxy:3128" });
    expect(env.NO_PROXY).toMatch(/^example\.org,localhost,127\.0\.0\.1,::1,\.svc,\.cluster\.local,/);
    expect(env.no_proxy).toBe(env.NO_PROXY);
    const networks = ["10.7.0.0/16", "10.9.0.0/16", "10.128.0.0/12", "10.244.0.0/16", "10.96.0.0/16", "172.18.0.0/16"];
    expect(networksBehindProxy(readProxyVariables(env), networks.map(parseNetwork))).toEqual([]);
  });

  test("changes nothing when it runs again", () => {
    const env: NodeJS.ProcessEnv = { http_proxy: "http://proxy:3128" };
    takeProxy(env, () => settings);
    const once = { ...env };
    takeProxy(env, () => settings);
    expect(env).toEqual(once);
  });

  test("changes nothing without a proxy", () => {
    const env: NodeJS.ProcessEnv = { NO_PROXY: "example.org" };
    takeProxy(env, () => settings);
    expect(env).toEqual({ NO_PROXY: "example.org" });
  });
});

describe("the lines of .slipway/env.sh", () => {
  const run = (env: Record<string, string>): string =>
    spawnSync("sh", ["-eu", "-c", [...proxyLines, 'echo "${NO_PROXY:-none} ${no_proxy:-none}"'].join("\n")], {
      env,
      encoding: "utf8",
    }).stdout.trim();

  test("complete NO_PROXY in both cases where a proxy is set", () => {
    const [upper = "", lower] = run({ https_proxy: "http://proxy:3128", no_proxy: "example.org" }).split(" ");
    expect(upper).toMatch(/^example\.org,localhost,.*,172\.18\.0\.0\/15,/);
    expect(lower).toBe(upper);
    expect(run({ HTTP_PROXY: "http://proxy:3128" })).toMatch(/^localhost,/);
  });

  test("change nothing without a proxy", () => {
    expect(run({ NO_PROXY: "a" })).toBe("a none");
  });
});
