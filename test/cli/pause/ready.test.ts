import { describe, expect, test } from "@jest/globals";
import { awaitStack, type RunStep, type StartedStack } from "../../../cli/pause/ready";
import type { Docker } from "../../../system/docker";

const stack: StartedStack = {
  target: { checkout: "/checkout", stack: "dev", backend: "", variables: { PULUMI_HOME: "/home" } },
  management: "clusterapi",
  located: {
    clusters: [
      { name: "capd", namespace: "default" },
      { name: "simulated", namespace: "default" },
    ],
  },
  containers: { clusterapi: ["clusterapi-control-plane"], capd: ["capd-lb", "capd-cp-a"], simulated: [] },
  urls: ["http://172.18.255.248"],
  unready: [],
};
const docker: Docker = (...args) =>
  Promise.resolve(args[0] === "ps" ? ["id\tclusterapi-control-plane\trunning\tUp\tkind\tclusterapi"] : []);

describe("a started stack", () => {
  test("is waited for cluster by cluster and then page by page; in-memory clusters have no nodes in Docker", async () => {
    const steps: unknown[] = [];
    const run: RunStep = (step, { env }) => {
      steps.push([step, env?.CLUSTER ?? env?.URL]);
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    };
    const lines: string[] = [];
    await awaitStack(stack, (line) => void lines.push(line.replace(/\d+ s/, "N s")), run, docker);
    expect(steps).toEqual([
      ["/checkout/steps/repair-containers", "capd"],
      ["/checkout/steps/http-request", "http://172.18.255.248"],
    ]);
    expect(lines).toEqual([
      "management cluster clusterapi answers (N s)",
      "cluster capd: the API server answers and all nodes are Ready (N s)",
      "http://172.18.255.248 answers (N s)",
    ]);
  });

  test("is asked from inside the Docker network on a host that does not reach containers", async () => {
    const seen: Record<string, unknown> = {};
    const run: RunStep = (step, { env }) => {
      seen[step.split("/").at(-1)!] = { REACH: env?.REACH, FROM: env?.FROM };
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    };
    await awaitStack({ ...stack, reach: "published-port" }, () => undefined, run, docker);
    expect(seen).toEqual({
      "repair-containers": { REACH: "published-port", FROM: undefined },
      "http-request": { REACH: undefined, FROM: "clusterapi-control-plane" },
    });
  });

  test("ends with the reason of the first condition that is not true in time", async () => {
    const run: RunStep = () =>
      Promise.resolve({ code: 1, stdout: "", stderr: "node capd-cp-a of cluster capd: expected Ready within 600s\n" });
    await expect(awaitStack(stack, () => undefined, run, docker)).rejects.toThrow("node capd-cp-a of cluster capd");
  });
});
