import { contains } from "../../../lib/network/addressRange";
import { overlaps } from "../../../lib/network/cidr";
import { parseNetwork } from "../../../lib/network/parse";
import { pins } from "../../../lib/versions/pins";
import { address } from "../../helpers/addresses";
import { check, command, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** A network as Docker Compose creates it for the project x, on Slipway's default subnet, and a container on it. */
const compose = { network: "x_default", container: "x-web-1", subnet: "172.18.0.0/16" };

const networks = (): string[] =>
  must("docker", ["network", "ls", "--format", "{{.Name}}"]).split("\n").filter(Boolean).sort();

const inspect = (network: string, format: string): string[] =>
  must("docker", ["network", "inspect", network, "--format", format]).split("\n").filter(Boolean);
const idOf = (network: string): string => inspect(network, "{{.Id}}").join();
const subnetOf = (network: string): string =>
  inspect(network, '{{range .IPAM.Config}}{{.Subnet}}{{"\\n"}}{{end}}').find((subnet) => subnet.includes(".")) ??
  "none";

const remove = (): void => {
  command("docker", ["rm", "--force", "--volumes", compose.container]);
  for (const name of ["kind", compose.network]) command("docker", ["network", "rm", name]);
};

/** Networks of the machine before the scenario. */
let before: string[] = [];
/** The subnet that the first preview shows. */
let chosen = "";

/** Checks that the stack is up on a subnet, and that neither plan nor up has anything to do. */
const runsOn = async (stack: TestStack, subnet: string): Promise<void> => {
  const { url = "no URL" } = stack.outputs();
  check(contains(parseNetwork(subnet), address(new URL(url).hostname)), `an address of ${subnet}, got ${url}`);
  await stack.answers(url);
  stack.expectPlan({}, 0);
  stack.upChangesNothing();
};

const first = (stack: TestStack): Step[] => [
  {
    name: "a compose project has Slipway's default subnet",
    run: () => {
      before = networks();
      check(
        !before.includes("kind") && !before.includes(compose.network),
        `a machine without kind, got ${before.join()}`,
      );
      must("docker", ["network", "create", "--subnet", compose.subnet, compose.network]);
      const image = `nginx:${pins[stack.route].nginx}`;
      must("docker", ["run", "--detach", "--name", compose.container, "--network", compose.network, image]);
    },
  },
  {
    name: "doctor and preview choose the same free subnet, and make nothing",
    run: () => {
      const network = stack.preview().find(({ urn }) => urn.endsWith("docker:index/network:Network::network"));
      const [config] = (network?.newState?.inputs?.["ipamConfigs"] ?? []) as { subnet: string }[];
      chosen = config?.subnet ?? "";
      check(
        chosen !== "" && !overlaps(parseNetwork(chosen), parseNetwork(compose.subnet)),
        `a free subnet, got ${chosen}`,
      );
      const checks = JSON.parse(stack.slipway("doctor", "--json").stdout) as { name: string; detail: string }[];
      const detail = checks.find(({ name }) => name === "routes")?.detail ?? "";
      check(
        detail.includes(`takes ${chosen}`) && detail.includes(compose.network),
        `${chosen} and ${compose.network} in doctor's routes, got ${detail}`,
      );
      check(!networks().includes("kind"), "no network kind");
    },
  },
];

const steps = (stack: TestStack): Step[] => {
  let left = "";
  return [
    {
      name: "the stack is up on the subnet of the preview, and keeps it",
      run: async () => {
        check(subnetOf("kind") === chosen, `network kind on ${chosen}, got ${subnetOf("kind")}`);
        await runsOn(stack, chosen);
      },
    },
    {
      name: "destroy leaves the compose project",
      run: () => {
        stack.destroy();
        const expected = [...before, compose.network].sort().join();
        check(networks().join() === expected, `the networks ${expected}, got ${networks().join()}`);
      },
    },
    {
      name: "an unused network kind is adopted by the next up, which says so",
      run: async () => {
        must("docker", ["network", "create", "kind"]);
        left = idOf("kind");
        const { code, stdout, stderr } = stack.slipway("up");
        check(code === 0, `up to adopt the network, got ${code}\n${(stdout + stderr).slice(-4000)}`);
        const notice = `Docker network kind: the stack adopts it with ${subnetOf("kind")}`;
        check((stdout + stderr).includes(notice), `"${notice}" in what up says, got\n${stdout.slice(0, 3000)}`);
        await runsOn(stack, subnetOf("kind"));
      },
    },
    {
      name: "destroy leaves exactly the networks of before, and the container",
      run: () => {
        stack.destroy();
        const expected = [...before, "kind", compose.network].sort().join();
        check(networks().join() === expected, `the networks ${expected}, got ${networks().join()}`);
        check(idOf("kind") === left, "the same network kind");
        const running = must("docker", ["inspect", "--format", "{{.State.Running}}", compose.container]).trim();
        check(running === "true", `container ${compose.container} to run`);
      },
    },
    {
      name: "the other networks are removed",
      always: true,
      run: () => {
        // Only a stack that failed before has containers here.
        stack.slipway("destroy");
        remove();
      },
    },
  ];
};

/** A first `up` on a machine that has used Docker Compose and kind before. */
export const usedMachine: Scenario = {
  name: "used-machine",
  title:
    "a stack takes a free subnet beside a compose project, and adopts an unused network kind, which destroy leaves",
  base: "dev",
  start: {},
  first,
  steps,
};
