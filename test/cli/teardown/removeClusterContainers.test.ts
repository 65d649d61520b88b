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

describe("the containers of a stack that goes whole", () => {
  test("are removed by Docker, those of the management cluster first, and Pulumi drops what stood in them", async () => {
    const { environment, commands } = await take({ management: ours });
    expect(commands).toEqual([removal("m"), removal("one")]);
    expect(environment).toEqual({ PULUMI_K8S_DELETE_UNREACHABLE: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
  });

  test("those that Docker cannot remove are lines, and Pulumi goes on to where it asks once more", async () => {
    const { environment, lines } = await take({ management: { name: "m", nodeId: "id-before" } }, { fails: true });
    expect(lines).toEqual(["removing container one-control-plane, with its volumes", "device is busy"]);
    expect(environment.PULUMI_K8S_DELETE_UNREACHABLE).toBe("true");
  });

  test("those that no step of the destroy waits for are gone before Pulumi starts, or it does not", async () => {
    const clusters = { management: { name: "m", nodeId: "id-before" }, withDeleteStep: [] };
    expect((await take(clusters)).commands).toEqual([removal("one")]);
    await expect(take(clusters, { fails: true })).rejects.toThrow("device is busy");
  });

  test("a node that is not in the state yet is the stack's, by the cluster's name", async () =>
    expect((await take({ management: { name: "m" } })).commands).toContain(removal("m")));

  test("a cluster that someone made in the place of ours stays", async () => {
    const { environment, commands } = await take({ management: { name: "m", nodeId: "id-before" } });
    expect(commands).toEqual([removal("one")]);
    expect(environment.PULUMI_K8S_DELETE_UNREACHABLE).toBe("true");
  });

  test("nothing is done where nothing is there, and it is no error", async () =>
    expect((await take({ management: ours }, { there: [] })).commands).toEqual([]));

  test("a management cluster of someone else takes its clusters away itself", async () =>
    expect(await take({})).toEqual({ environment: {}, commands: [], lines: [] }));

  test("so does ours where clusters are not on Docker", async () =>
    expect(await take({ management: ours, onDocker: false })).toEqual({ environment: {}, commands: [], lines: [] }));

  test("where that is gone, what is left elsewhere is lines", async () => {
    const { environment, commands, lines } = await take({ management: ours, onDocker: false }, { there: ["one"] });
    expect(lines.join("\n")).toContain("yours to remove");
    expect(commands).toEqual([removal("one")]);
    expect(environment.PULUMI_K8S_DELETE_UNREACHABLE).toBe("true");
  });
});
