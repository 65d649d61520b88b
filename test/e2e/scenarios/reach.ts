import { setTimeout as sleep } from "node:timers/promises";
import {
  check,
  type Counts,
  type DockerInventory,
  dockerInventory,
  must,
  newInDocker,
  runSteps,
  type Step,
} from "../harness";
import { OrdinaryUser } from "../ordinaryUser";

const stack = "e2e-reach";

const expectText = (text: string, pattern: RegExp): void =>
  check(pattern.test(text), `${pattern.source}, got\n${text.slice(-4000)}`);

/** Returns the host port of the workload cluster's API server. */
const publishedPort = (): string => must("docker", ["port", "guest-lb", "6443/tcp"]).trim().split(":").at(-1) ?? "";

/** Steps of a user who does not reach the addresses of containers. */
const stepsOf = (user: OrdinaryUser, before: DockerInventory): Step[] => {
  const slipway = (...args: string[]): string => user.must("scripts/slipway", [...args, "--stack", stack]);
  const server = (): string =>
    user
      .must("grep", ["server:", `.slipway/kubeconfigs/${stack}/guest.yaml`])
      .trim()
      .split(" ")
      .at(-1) ?? "";
  let command = "";
  return [
    {
      name: "doctor measures without a node that the user does not reach containers",
      run: () => {
        user.create();
        user.write(`Pulumi.${stack}.yaml`, "config:\n  slipway:clusterName: guest\n");
        const { stdout } = user.run("scripts/slipway", ["doctor", "--stack", stack]);
        expectText(
          stdout,
          /ok\s+container addresses\s+this host does not reach containers .*measured at .*published ports/,
        );
      },
    },
    {
      name: "up uses published ports, and prints how to reach the application",
      run: () => {
        const text = slipway("up");
        expectText(text, /http:\/\/172\.[\d.]+\/? answers inside the Docker network:\s+\| 200 · Welcome to nginx!/);
        command = /^ {2}(\S*kubectl .* port-forward .*)$/m.exec(text)?.[1] ?? "";
        check(command !== "", `a port-forward command, got\n${text.slice(-2000)}`);
        check(server() === `https://127.0.0.1:${publishedPort()}`, `the published port, got ${server()}`);
      },
    },
    {
      name: "the address itself does not answer the user, and the printed command answers with the page",
      run: async () => {
        const [, port = ""] = /(\d+):80$/.exec(command) ?? [];
        const url = /"url": "(\S+)"/.exec(slipway("outputs", "--json"))?.[1] ?? "";
        check(user.run("curl", ["--max-time", "3", "--silent", url]).code !== 0, `no answer of ${url} for the user`);
        const forward = user.start("bash", ["-c", command]);
        try {
          const options = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
          let status = "";
          for (let attempt = 0; attempt < 20 && status !== "200"; attempt++) {
            await sleep(500);
            status = user.run("curl", [...options, `http://127.0.0.1:${port}/`]).stdout;
          }
          check(status === "200", `200 from the forwarded port, got ${status}`);
        } finally {
          process.kill(-forward.pid!, "SIGTERM");
        }
      },
    },
    {
      name: "status shows a ready cluster with its nodes, and plan shows no change",
      run: () => {
        expectText(slipway("status"), /guest-control-plane-\S+\s+Ready/);
        expectText(slipway("plan"), /no change/);
      },
    },
    {
      name: "after a restart of the load balancer, status finds the new port, and up changes the kubeconfig only",
      run: () => {
        const port = publishedPort();
        must("docker", ["restart", "guest-lb"]);
        check(publishedPort() !== port, `another port than ${port}`);
        expectText(slipway("status"), /guest-control-plane-\S+\s+Ready/);
        check(server() === `https://127.0.0.1:${publishedPort()}`, `the new port, got ${server()}`);
        slipway("up");
        expectText(slipway("plan"), /no change/);
      },
    },
    {
      name: "stop and start work, and the page answers inside the Docker network",
      run: () => {
        slipway("stop");
        expectText(slipway("start"), /http:\/\/172\.[\d.]+\/? answers/);
        expectText(slipway("status"), /guest-control-plane-\S+\s+Ready/);
      },
    },
    { name: "destroy", always: true, run: () => void slipway("destroy") },
    {
      name: "nothing is left in Docker",
      always: true,
      run: () => {
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `Docker to hold nothing new, got ${left.join(", ")}`);
      },
    },
  ];
};

/** Runs the steps as a user of the test, which needs root. The rule of the packet filter and the user are always removed. */
export const runReach = async (): Promise<Counts> => {
  check(process.getuid?.() === 0, "root, which creates a user and a rule of iptables");
  const user = new OrdinaryUser("slipway-e2e-reach");
  const remove = (): void => user.remove();
  const end = (): never => {
    remove();
    process.exit(1);
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  try {
    return await runSteps(stepsOf(user, dockerInventory()), () => undefined);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    remove();
  }
};
