import { describe, expect, test } from "@jest/globals";
import type { StateClusters } from "../../../cli/pulumi/state";
import { removeClusterContainers } from "../../../cli/teardown/containers";
import { containerRow } from "../../helpers/dockerRows";

/** A Docker with one container for each cluster, `NAME-control-plane`, whose node ids are `id-NAME`. */
const take = async (
  clusters: Partial<StateClusters>,
  { there = ["m", "one"], answers = true, fails = false } = {},
): Promise<{ environment: Record<string, string>; commands: string[]; lines: string[] }> => {
  const commands: string[] = [];
  const lines: string[] = [];
  const { environment, removed } = await removeClusterContainers(
    { workload: ["one"], withDeleteStep: ["one"], onDocker: true, ...clusters },
    (line) => lines.push(line),
    (...args) => {
      const line = args.join(" ");
      if (line.startsWith("rm") || line.startsWith("start")) commands.push(line);
      if (line.startsWith("rm") && fails) return Promise.reject(new Error("device is busy"));
      if (line.includes("label="))
        return Promise.resolve(there.map((name) => containerRow({ name: `${name}-control-plane`, cluster: name })));
      const [, name = ""] = /name=\^\/\?(.+)-control-plane\$/.exec(line) ?? [];
      if (line.startsWith("ps") && !there.includes(name)) return Promise.resolve([]);
      if (line.startsWith("ps")) return Promise.resolve([containerRow({ id: `id-${name}` })]);
      return line.startsWith("exec") && !answers ? Promise.reject(new Error("no")) : Promise.resolve([]);
    },
  );
  await removed;
  return { environment, commands, lines };
};

const ours = { name: "m", nodeId: "id-m" };
const removal = (name: string): string => `rm --force --volumes ${name}-control-plane`;

describe("the containers of a stack in a complete destroy", () => {
  test("are removed by Docker, first those of the management cluster, and Pulumi drops their objects", async () => {
    const { environment, commands } = await take({ management: ours });
    expect(commands).toEqual([removal("m"), removal("one")]);
    expect(environment).toEqual({ PULUMI_K8S_DELETE_UNREACHABLE: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
  });

  test("are reported if Docker cannot remove them, and Pulumi continues to the delete step", async () => {
    const { environment, lines } = await take({ management: { name: "m", nodeId: "id-before" } }, { fails: true });
    expect(lines).toEqual(["removing container one-control-plane, with its volumes", "device is busy"]);
    expect(environment.PULUMI_K8S_DELETE_UNREACHABLE).toBe("true");
  });

  test("without a delete step are removed before Pulumi starts, or Pulumi does not start", async () => {
    const clusters = { management: { name: "m", nodeId: "id-before" }, withDeleteStep: [] };
    expect((await take(clusters)).commands).toEqual([removal("one")]);
    await expect(take(clusters, { fails: true })).rejects.toThrow("device is busy");
  });

  test("include a node that is not in the state yet, by the cluster's name", async () =>
    expect((await take({ management: { name: "m" } })).commands).toContain(removal("m")));

  test("do not include another cluster with the same name", async () => {
    const { environment, commands } = await take({ management: { name: "m", nodeId: "id-before" } });
    expect(commands).toEqual([removal("one")]);
    expect(environment.PULUMI_K8S_DELETE_UNREACHABLE).toBe("true");
  });

  test("may be missing, which is not an error", async () =>
    expect((await take({ management: ours }, { there: [] })).commands).toEqual([]));

  test("are deleted by a management cluster that someone else created", async () =>
    expect(await take({})).toEqual({ environment: {}, commands: [], lines: [] }));

  test("are deleted by the stack's management cluster if clusters are not on Docker", async () =>
    expect(await take({ management: ours, onDocker: false })).toEqual({ environment: {}, commands: [], lines: [] }));

  test("elsewhere are reported if the management cluster is gone", async () => {
    const { environment, commands, lines } = await take({ management: ours, onDocker: false }, { there: ["one"] });
    expect(lines.join("\n")).toContain("at other providers yourself");
    expect(commands).toEqual([removal("one")]);
    expect(environment.PULUMI_K8S_DELETE_UNREACHABLE).toBe("true");
  });
});
