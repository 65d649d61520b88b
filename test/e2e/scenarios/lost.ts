import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { check, command, dockerInventory, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** An image that every stack's Docker has, and that runs without a node's setup. */
const image = (): string => must("docker", ["inspect", "--format", "{{.Config.Image}}", "capd-lb"]).trim();

const label = "io.x-k8s.kind.cluster";

/** Containers of others: kind's own label, on the stack's network or with the name of the stack's cluster elsewhere. */
const strangers: Readonly<Record<string, string[]>> = {
  "e2e-foreign-control-plane": ["--network", "kind", "--label", `${label}=e2e-foreign`],
  "e2e-namesake-lb": ["--network", "bridge", "--label", `${label}=capd`],
};

const start = (): void => {
  const from = image();
  for (const [name, args] of Object.entries(strangers))
    must("docker", ["run", "--detach", "--name", name, ...args, "--entrypoint", "sleep", from, "infinity"]);
};

const remove = (): void => {
  for (const name of Object.keys(strangers)) command("docker", ["rm", "--force", "--volumes", name]);
};

const idsOf = (names: readonly string[]): string => must("docker", ["inspect", "--format", "{{.Id}}", ...names]);

const steps = (stack: TestStack): Step[] => {
  let ids = "";
  const names = Object.keys(strangers);
  return [
    {
      name: "a stack that has its state is not swept",
      run: () => {
        const { code, stdout } = stack.slipway("sweep", "--yes");
        check(code === 1 && /has its state: make destroy/.test(stdout), `a refusal, got ${code}\n${stdout}`);
      },
    },
    {
      name: "the state is lost: sweep lists what is there and, without a yes, removes nothing",
      run: () => {
        start();
        ids = idsOf(names);
        rmSync(join(stack.backend, ".pulumi"), { recursive: true });
        const before = dockerInventory();
        const { code, stdout } = stack.slipway("sweep");
        check(code === 1, `exit code 1, got ${code}\n${stdout}`);
        for (const wanted of [
          /^ {2}container clusterapi-control-plane with its volumes/m,
          /^ {2}container capd-lb with its volumes/m,
          /^ {2}container e2e-foreign-control-plane: of cluster e2e-foreign, which neither settings nor records name/m,
          /^ {2}container e2e-namesake-lb: of a cluster named capd, as in the stack/m,
          /^ {2}network kind: in use by e2e-foreign-control-plane/m,
          /nothing was removed/,
        ])
          check(wanted.test(stdout), `${wanted.source} in\n${stdout}`);
        check(JSON.stringify(dockerInventory()) === JSON.stringify(before), "Docker untouched");
      },
    },
    {
      name: "with a yes all of the stack goes; a foreign kind cluster, a namesake and the network they use stay",
      run: () => {
        const { code, stdout } = stack.slipway("sweep", "--yes");
        check(code === 0, `exit code 0, got ${code}\n${stdout}`);
        const { containers, networks, volumes } = dockerInventory();
        check(
          JSON.stringify(containers) === JSON.stringify([...names].sort()),
          `only the strangers, got ${containers.join(", ")}`,
        );
        check(volumes.length === 0, `no volume, got ${volumes.join(", ")}`);
        check(networks.includes("kind"), "the network that one of them uses");
        check(idsOf(names) === ids, "the strangers' ids as they were");
        const files = readdirSync(join(stack.checkout, ".slipway", "kubeconfigs"));
        check(!files.includes(stack.name), "no kubeconfig of the stack");
      },
    },
    {
      name: "once they are gone another sweep takes the network, and the next finds nothing",
      run: () => {
        remove();
        const { code, stdout } = stack.slipway("sweep", "--yes");
        check(code === 0 && !dockerInventory().networks.includes("kind"), `no network kind, got ${code}\n${stdout}`);
        const again = stack.slipway("sweep");
        check(again.code === 0, `exit code 0, got ${again.code}\n${again.stdout}`);
      },
    },
    { name: "nothing of the strangers is left", always: true, run: remove },
  ];
};

/** A state that is gone with all of the stack still there. */
export const lost: Scenario = {
  name: "lost",
  title: "where the state is lost, sweep takes the stack away by what proves it its own, and nothing else",
  base: "dev",
  start: { application: false, workerReplicas: 0 },
  steps,
};
