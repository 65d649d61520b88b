import { isDeepStrictEqual } from "node:util";
import { check, command, must, type Step } from "../harness";
import type { Inventory } from "../inventory";
import { addressesOf, containersOfCluster } from "../restarts";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

const management = "clusterapi-control-plane";

/** What has to be the same after a stop and a start. */
interface Before {
  addresses: Record<string, string>;
  objects: Inventory;
  policies: Record<string, string>;
}

const steps = (stack: TestStack, cluster: string): Step[] => {
  let before: Before;
  const all = (): string[] => [management, ...containersOfCluster(cluster)];
  const running = (): string[] =>
    must("docker", ["ps", "--format", "{{.Names}}"])
      .split("\n")
      .filter((name) => all().includes(name));
  const policies = (): Record<string, string> =>
    Object.fromEntries(
      all().map((name) => [
        name,
        must("docker", ["inspect", "--format", "{{json .HostConfig.RestartPolicy}}", name]).trim(),
      ]),
    );
  /** Objects by uid and containers by id: the time of a container's start is another one after a start. */
  const objects = (): Inventory =>
    Object.fromEntries(
      Object.entries(stack.inventory([cluster])).map(([name, item]) => [
        name,
        name.startsWith("container ") ? { id: item.id.split(" ")[0]! } : { id: item.id },
      ]),
    );
  const run = (...args: string[]): string => {
    const { code, stdout, stderr } = stack.slipway(...args);
    check(code === 0, `exit code 0 of ${args.join(" ")}, got ${code}\n${stdout}${stderr}`.slice(-4000));
    return stdout;
  };
  const refused = (command: string, pattern: RegExp): void => {
    const { code, stdout, stderr } = stack.slipway(command);
    check(code === 1 && pattern.test(`${stdout}${stderr}`), `${pattern.source}, got ${code}\n${stdout}${stderr}`);
  };
  const same = async (): Promise<void> => {
    check(isDeepStrictEqual(addressesOf(all()), before.addresses), "the same addresses");
    check(isDeepStrictEqual(policies(), before.policies), "the same restart policies");
    const now = objects();
    const other = Object.keys({ ...before.objects, ...now }).filter(
      (name) => before.objects[name]?.id !== now[name]?.id,
    );
    check(other.length === 0, `the same objects and containers, got others: ${other.join(", ")}`);
    await stack.answers(stack.outputs().url ?? "no URL");
    stack.expectPlan({}, 0);
  };
  const worker = (): string => containersOfCluster(cluster).find((name) => /-md-|-worker/.test(name))!;
  return [
    {
      name: "stop stops every container, in order, and Docker does not start one again",
      run: () => {
        before = { addresses: addressesOf(all()), objects: objects(), policies: policies() };
        const text = run("stop");
        check(running().length === 0, `no running container, got ${running().join(", ")}`);
        const order = text.split("\n").filter((line) => line.startsWith("stopping "));
        check(order[0]!.includes(worker()) && order.at(-1)!.includes(management), `the order, got ${order.join("; ")}`);
        const kept = Object.values(policies()).filter((policy) => !policy.includes('"no"'));
        check(kept.length === 0, `no restart policy, got ${kept.join()}`);
      },
    },
    {
      name: "a second stop is harmless; status says that the stack is stopped, and plan refuses",
      run: () => {
        check(/was stopped already/.test(run("stop")), "a stop that has nothing to do");
        check(/is stopped since .*make start starts it/.test(run("status")), "a status that says stopped");
        refused("plan", /expected running clusters, got a stopped stack .*Run make start first/);
      },
    },
    {
      name: "start brings the same containers and objects back at the same addresses, and the page answers",
      run: async () => {
        const begin = Date.now();
        console.log(run("start").replace(/^/gm, "         "));
        console.log(`         start took ${Math.round((Date.now() - begin) / 1000)} s`);
        await same();
      },
    },
    { name: "a second start is harmless", run: () => check(/run already/.test(run("start")), "nothing to start") },
    {
      name: "start finishes half a stop by hand, and a stop that was half undone",
      run: async () => {
        must("docker", ["stop", worker()]);
        check(/stopped in part/.test(run("status")), "a status that says stopped in part");
        run("start");
        await same();
        run("stop");
        must("docker", ["start", worker()]); // without the others it may get the address of another container
        check(/stopped in part since/.test(run("status")), "a status that says stopped in part");
        run("start");
        await same();
      },
    },
    {
      name: "a taken address is refused before anything is started",
      run: () => {
        run("stop");
        const address = before.addresses[worker()]!;
        const image = must("docker", ["inspect", "--format", "{{.Image}}", worker()]).trim();
        const other = ["run", "--detach", "--name", "e2e-in-the-way", "--network", "kind", "--ip", address];
        must("docker", [...other, "--entrypoint", "sleep", image, "600"]);
        try {
          refused("start", /expected its address .* at container e2e-in-the-way\. Run docker stop e2e-in-the-way/);
          check(running().length === 0, `no running container, got ${running().join(", ")}`);
        } finally {
          must("docker", ["rm", "--force", "--volumes", "e2e-in-the-way"]);
        }
      },
    },
    {
      name: "a gone container is refused with the remedy; destroy of the stopped stack follows",
      run: () => {
        must("docker", ["rm", "--force", "--volumes", worker()]);
        refused("start", /no such container\. Run make up/);
        check(running().length === 0, `no running container, got ${running().join(", ")}`);
        check(command("test", ["-f", `.slipway/stopped/${stack.name}.json`]).code === 0, "a record of the stop");
      },
    },
  ];
};

/** A stack that is stopped in the evening and started in the morning. */
export const pause: Scenario = {
  name: "pause",
  title: "a stopped stack starts again with the same containers, objects and addresses",
  base: "dev",
  start: {},
  steps: (stack) => steps(stack, "capd"),
};
