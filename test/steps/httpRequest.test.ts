import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type FakeCheckout, fakeCheckout } from "../helpers/fakeCheckout";

let checkout: FakeCheckout;
beforeEach(() => {
  checkout = fakeCheckout();
});
afterEach(() => checkout.remove());

const calls = (): string => join(checkout.folder, "calls");

const request = (variables: Readonly<Record<string, string>>) =>
  spawnSync("steps/http-request", [], {
    cwd: checkout.folder,
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env.PATH, URL: "http://[fd00::8]", TIMEOUT_SECONDS: "0", CALLS: calls(), ...variables },
  });

const record = 'printf "%s\\n" "$*" >>"$CALLS"';
const page = "<title>Welcome to nginx!</title> Thank you for using nginx.";

describe("http-request for a host that does not reach the address", () => {
  test("sends the request in the container, past every proxy, and prints the summary", () => {
    checkout.fakeTool("docker", `${record}; printf '%s\\n200' '${page}'`);
    const { status, stdout } = request({ FROM: "m-control-plane" });
    expect([status, stdout]).toEqual([0, "200 · Welcome to nginx! · Thank you for using nginx.\n"]);
    const [call = ""] = readFileSync(calls(), "utf8").split("\n");
    expect(call).toMatch(/^exec m-control-plane curl --noproxy \* --globoff /);
    expect(readFileSync(calls(), "utf8")).toMatch(/ --url http:\/\/\[fd00::8\]\n/);
  });

  test("finds a node of the cluster where no container is named", () => {
    checkout.fakeTool(
      "docker",
      `${record}; [ "$1" != ps ] || { printf 'east-cp-1\\neast-cp-2\\n'; exit; }; printf '\\n200'`,
    );
    expect(request({ CLUSTER: "east" }).status).toBe(0);
    const [list = "", call = ""] = readFileSync(calls(), "utf8").split("\n");
    expect(list).toContain("label=io.x-k8s.kind.cluster=east");
    expect(call).toMatch(/^exec east-cp-1 curl/);
  });

  test.each([
    ["another status", `printf 'gone\\n503'`, "did not answer within 0 s: status 503"],
    ["curl's error", `echo 'curl: (28) timed out' >&2; exit 28`, "curl: (28) timed out (in container m-control-plane)"],
  ])("fails with %s", (_, script, expected) => {
    checkout.fakeTool("docker", script);
    const { status, stderr } = request({ FROM: "m-control-plane" });
    expect(status).toBe(1);
    expect(stderr).toContain(expected);
  });

  test("asks no container on other hosts", () => {
    checkout.fakeTool("docker", record);
    expect(request({ URL: "http://127.0.0.1:1" }).status).toBe(1);
    expect(existsSync(calls())).toBe(false);
  });
});
