import type { Route } from "../../../lib/versions/pins";
import {
  check,
  type Counts,
  type DockerInventory,
  dockerInventory,
  newInDocker,
  runSteps,
  type Step,
} from "../harness";
import { Workbench } from "../workbench";

const stack = "e2e-container";

const expectText = (text: string, pattern: RegExp): void =>
  check(pattern.test(text), `${pattern.source}, got\n${text.slice(-4000)}`);

/** Steps of a user whose Slipway runs in a container. */
const stepsOf = (bench: Workbench, before: DockerInventory): Step[] => {
  const slipway = (...args: string[]): string => bench.must("scripts/slipway", ...args, "--stack", stack);
  const expectDisconnected = (): void => {
    const networks = bench.networks();
    check(networks === "bridge", `the container on Docker's default bridge only, got ${networks}`);
  };
  return [
    {
      name: "doctor recognises the container",
      run: () => {
        bench.create();
        bench.write(`Pulumi.${stack}.yaml`, "config:\n  slipway:clusterName: guest\n");
        const { stdout, stderr } = bench.run("scripts/slipway", "doctor", "--stack", stack);
        expectText(stderr + stdout, /container: slipway-e2e-container, on the Docker network kind while/);
        expectText(stdout, /container addresses\s+this host reaches containers .*in the container [0-9a-f]{12}/);
      },
    },
    {
      name: "a container without a network of its own is refused before work",
      run: () => {
        const { code, stderr } = bench.runBeside(["--network", "none"], "scripts/slipway", "up", "--stack", stack);
        check(code === 1, `exit code 1, got ${code}`);
        expectText(
          stderr,
          /expected a network that Slipway can add to, got --network none\. Start the container without/,
        );
      },
    },
    {
      name: "up connects the container for the time of the run, and the page answers at its address",
      run: () => {
        expectText(slipway("up"), /http:\/\/172\.[\d.]+\/? answers:\s+\| 200 · Welcome to nginx!/);
        expectDisconnected();
        expectText(
          bench.read(`.slipway/kubeconfigs/${stack}/clusterapi.yaml`),
          /server: https:\/\/clusterapi-control-plane:6443/,
        );
      },
    },
    {
      name: "status shows a ready cluster with its nodes, and plan shows no change",
      run: () => {
        expectText(slipway("status"), /guest-control-plane-\S+\s+Ready/);
        expectText(slipway("plan"), /no change/);
        expectDisconnected();
      },
    },
    {
      name: "an interrupted command disconnects the container, and the command after a killed one does",
      run: () => {
        // A plan takes several seconds.
        const plan = ["4", "scripts/slipway", "plan", "--stack", stack];
        check(bench.run("timeout", "--signal=INT", ...plan).code === 124, "a plan that was interrupted");
        expectDisconnected();
        bench.run("timeout", "--signal=KILL", ...plan);
        check(bench.networks().includes("kind"), `a connection after a kill, got ${bench.networks()}`);
        slipway("status");
        expectDisconnected();
      },
    },
    { name: "destroy", always: true, run: () => void slipway("destroy") },
    {
      name: "nothing is left in Docker",
      always: true,
      run: () => {
        bench.remove();
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `Docker to hold nothing new, got ${left.join(", ")}`);
      },
    },
  ];
};

/** Runs the steps in a container of the test, which is always removed. */
export const runContainer = async (route: Route): Promise<Counts> => {
  const bench = new Workbench("slipway-e2e-container", route);
  const end = (): never => {
    bench.remove();
    process.exit(1);
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  try {
    return await runSteps(stepsOf(bench, dockerInventory()), () => undefined);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    bench.remove();
  }
};
