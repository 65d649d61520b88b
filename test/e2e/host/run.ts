// The steps of the scenario host, in namespaces of their own: node scripts/run.cjs test/e2e/host/run.ts FOLDER
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, command, type Counts, must, report, runSteps, type Step } from "../harness";
import { OwnDocker, type OwnDockerOptions } from "../ownDocker";
import { TestStack } from "../testStack";
import { currentRoute } from "../throwAwayStack";

type Row = { name: string; status: string; detail: string; remedy?: string };

const folder = process.argv[2] ?? "";

/** Runs an action beside a dockerd, and ends the dockerd. */
const withDaemon = async (
  name: string,
  options: OwnDockerOptions,
  action: () => Promise<void> | void,
): Promise<void> => {
  const daemon = new OwnDocker(join(folder, name), options);
  try {
    await daemon.start();
    await action();
  } finally {
    await daemon.stop();
  }
};

/** Returns the doctor's rows by name. */
const doctor = (stack: TestStack, variables: Record<string, string> = {}): Map<string, Row> => {
  const { stdout, stderr } = stack.slipwayWith(variables, "doctor", "--json");
  const rows = JSON.parse(
    stdout || `[{"name": "none", "status": "fail", "detail": ${JSON.stringify(stderr)}}]`,
  ) as Row[];
  return new Map(rows.map((row) => [row.name, row]));
};

const expectRow = (rows: Map<string, Row>, name: string, status: string, detail: RegExp, remedy = /^/): void => {
  const row = rows.get(name);
  check(
    row?.status === status && detail.test(row.detail) && remedy.test(row.remedy ?? ""),
    `${name}: ${status} ${detail.source} … ${remedy.source}, got ${JSON.stringify(row ?? [...rows.values()])}`,
  );
};

/** Returns what a preview prints that must fail. The images of the stack are not in the test's Docker. */
const failedPreview = (stack: TestStack, variables: Record<string, string> = {}): string => {
  stack.plainPulumi(["stack", "select", "--create"]);
  const { code, stdout, stderr } = stack.plainPulumi(["preview"], variables);
  check(code !== 0, `a preview that fails, got ${stdout}`);
  return stdout + stderr;
};

const expectText = (text: string, pattern: RegExp): void =>
  check(pattern.test(text), `${pattern.source}, got\n${text.slice(0, 4000)}`);

const vpn = ["0.0.0.0/1", "128.0.0.0/1"];

const vpnSteps = (stack: TestStack): Step[] => [
  {
    name: "the routes of a VPN for all addresses only warn, and Docker's longer route wins",
    run: () =>
      withDaemon("vpn", {}, () => {
        stack.write("dev", { networkSubnet: "172.18.0.0/16" });
        for (const route of vpn) must("ip", ["route", "add", "blackhole", route]);
        try {
          const rows = doctor(stack);
          expectRow(
            rows,
            "routes",
            "warn",
            /172\.18\.0\.0\/16 is inside 128\.0\.0\.0\/1/,
            /keep it if you need no other host/,
          );
          must("docker", ["network", "create", "--subnet", "172.18.0.0/16", "probe"]);
          expectText(must("ip", ["route", "get", "172.18.0.9"]), / dev br-/);
          must("docker", ["network", "rm", "probe"]);
          check(!failedPreview(stack).includes("routes: 172.18.0.0/16 overlaps"), "no refusal of the routes");
        } finally {
          for (const route of vpn) must("ip", ["route", "del", "blackhole", route]);
        }
      }),
  },
  {
    name: "a route inside the subnet is refused, and the advice works",
    run: () =>
      withDaemon("inside", {}, () => {
        must("ip", ["route", "add", "blackhole", "172.18.5.0/24"]);
        try {
          stack.write("dev", { networkSubnet: "172.18.0.0/16" });
          const rows = doctor(stack);
          expectRow(rows, "routes", "fail", /172\.18\.0\.0\/16 overlaps 172\.18\.5\.0\/24/);
          expectText(failedPreview(stack), /routes: 172\.18\.0\.0\/16 overlaps 172\.18\.5\.0\/24/);
          const [, networkSubnet] = /such as (\S+?);/.exec(rows.get("routes")?.remedy ?? "") ?? [];
          stack.write("dev", { networkSubnet });
          expectRow(doctor(stack), "routes", "ok", /no other network uses/);
          check(!/routes: .* overlaps/.test(failedPreview(stack)), "no refusal of the routes");
        } finally {
          must("ip", ["route", "del", "blackhole", "172.18.5.0/24"]);
        }
      }),
  },
];

const mtuSteps = (stack: TestStack): Step[] => [
  {
    name: "the network takes the MTU of the default bridge, and another value is refused while the network exists",
    run: () =>
      withDaemon("mtu", { more: ["--mtu=1400"] }, () => {
        stack.write("dev", { networkSubnet: "172.18.0.0/16" });
        expectRow(doctor(stack), "routes", "ok", /its MTU is 1400, and that of Docker's default bridge is 1400/);
        const label = `dev.slipway.stack=slipway/${stack.name}`;
        const mtu = "com.docker.network.driver.mtu=1500";
        // A network as the last version made it.
        must("docker", ["network", "create", "--subnet", "172.18.0.0/16", "--label", label, "--opt", mtu, "kind"]);
        const row = doctor(stack).get("routes");
        check(row?.status === "ok" && !row.detail.includes("MTU"), `no change of the MTU, got ${JSON.stringify(row)}`);
        stack.write("dev", { networkSubnet: "172.18.0.0/16", networkMtu: 1400 });
        const refusal =
          /networkMtu: expected 1500, the MTU of the existing Docker network kind, got 1400\. Set networkMtu to 1500/;
        expectText(failedPreview(stack), refusal);
        expectRow(doctor(stack), "settings", "fail", refusal);
        stack.write("dev", { networkSubnet: "172.18.0.0/16", networkMtu: 1500 });
        check(!doctor(stack).has("settings"), "the old value to be accepted");
        must("docker", ["network", "rm", "kind"]);
      }),
  },
];

const engineSteps = (stack: TestStack): Step[] => [
  {
    name: "a second dockerd behind a context, a missing context and DOCKER_HOST are named and refused",
    run: () =>
      withDaemon("first", {}, () =>
        withDaemon(
          "second",
          { socket: `unix://${folder}/second.sock`, more: ["--bridge=none", "--iptables=false"] },
          () => {
            stack.write("dev");
            const config = join(folder, "config");
            mkdirSync(config, { recursive: true });
            const inConfig = (context: string): Record<string, string> => {
              writeFileSync(join(config, "config.json"), JSON.stringify({ currentContext: context }));
              return { DOCKER_CONFIG: config };
            };
            const env = inConfig("default");
            const create = (name: string, host: string): string =>
              must("docker", ["context", "create", name, "--docker", `host=${host}`], {
                env: { ...stack.env, ...env },
              });
            create("second", `unix://${folder}/second.sock`);
            create("remote", "tcp://127.0.0.1:1");
            const other = /the docker command \(context second\) uses another server than \/var\/run\/docker\.sock/;
            expectRow(doctor(stack, inConfig("second")), "docker.sock", "fail", other, /docker context use default/);
            expectText(failedPreview(stack, inConfig("second")), other);
            const remote = /context remote, tcp:\/\/127\.0\.0\.1:1\) uses a Docker over tcp/;
            expectRow(doctor(stack, inConfig("remote")), "docker", "fail", remote, /docker context use default/);
            expectText(failedPreview(stack, inConfig("remote")), remote);
            expectRow(doctor(stack, inConfig("gone")), "docker", "fail", /the context gone, which does not exist/);
            const named = { DOCKER_CONTEXT: "gone" };
            expectRow(doctor(stack, named), "docker", "fail", /the context gone/, /^unset DOCKER_CONTEXT/);
            for (const host of ["tcp://127.0.0.1:1", "ssh://nobody@127.0.0.1"])
              expectRow(
                doctor(stack, { DOCKER_HOST: host }),
                "docker",
                "fail",
                /uses a Docker over/,
                /^unset DOCKER_HOST/,
              );
            expectRow(doctor(stack, inConfig("default")), "docker", "ok", /./);
          },
        ),
      ),
  },
];

/** Makes an image without any file, for containers that never start. */
const emptyImage = (): void => {
  const archive = join(folder, "empty.tar");
  must("tar", ["--create", "--file", archive, "--files-from", "/dev/null"]);
  must("docker", ["import", archive, "empty:1"]);
};

const nameSteps = (stack: TestStack): Step[] => [
  {
    name: "stopped containers without labels that have the stack's names are named by doctor, preview and status",
    run: () =>
      withDaemon("names", {}, () => {
        stack.write("dev");
        emptyImage();
        const names = ["capd-lb", "clusterapi-control-plane"];
        for (const name of names) must("docker", ["create", "--name", name, "empty:1", "none"]);
        const conflict = /capd-lb \(created; the load balancer of cluster capd\)/;
        expectRow(doctor(stack), "container names", "fail", conflict, /docker rename/);
        const text = failedPreview(stack);
        expectText(text, /container names: .*clusterapi-control-plane \(created; the management cluster clusterapi\)/);
        const status = stack.slipway("status");
        expectText(status.stdout + status.stderr, conflict);
        for (const name of names) must("docker", ["rename", name, `${name}.old`]);
        check(!doctor(stack).has("container names"), "no conflict after the advice");
        must("docker", ["rm", ...names.map((name) => `${name}.old`)]);
      }),
  },
];

/** Returns the folder of the hierarchy that limits memory: that of version 1, or the unified one. */
const memoryCgroups = (): string =>
  existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";

const machineSteps = (stack: TestStack): Step[] => [
  {
    name: "a data root on a small file system is measured there",
    run: async () => {
      const [image, mount] = [join(folder, "disk.img"), join(folder, "disk")];
      must("truncate", ["--size", "2G", image]);
      must("mkfs.ext4", ["-q", image]);
      mkdirSync(mount);
      must("mount", ["-o", "loop", image, mount]);
      try {
        await withDaemon("small", { dataRoot: join(mount, "docker") }, () => {
          stack.write("dev");
          const small = /^[12]\.\d GB free in .*\/disk\/docker$/;
          expectRow(doctor(stack), "docker disk", "fail", small, /data-root/);
          expectText(failedPreview(stack), /docker disk: [12]\.\d GB free in /);
        });
      } finally {
        must("umount", [mount]);
      }
    },
  },
  {
    name: "a memory limit of a cgroup around Docker's is the memory for containers",
    run: async () => {
      const outer = join(memoryCgroups(), `slipway-e2e-${process.pid}`);
      const inner = join(outer, "docker");
      const [file, controllers] = existsSync("/sys/fs/cgroup/memory")
        ? ["memory.limit_in_bytes", undefined]
        : ["memory.max", join(outer, "cgroup.subtree_control")];
      mkdirSync(outer);
      try {
        if (controllers !== undefined) writeFileSync(controllers, "+memory");
        writeFileSync(join(outer, file), "1500000000");
        mkdirSync(inner);
        await withDaemon("memory", { cgroup: inner }, () => {
          stack.write("dev");
          expectRow(doctor(stack), "memory", "fail", /^1\.5 GB, .*of the memory limit of Docker's cgroup: too little/);
          expectText(failedPreview(stack), /memory: 1\.5 GB/);
        });
      } finally {
        for (const cgroup of [inner, outer]) if (existsSync(cgroup)) rmdirSync(cgroup);
      }
    },
  },
];

const main = async (): Promise<Counts> => {
  check(readFileSync("/proc/self/mounts", "utf8").includes(" /run tmpfs "), "namespaces of the scenario host");
  const stack = new TestStack("e2e-host", currentRoute());
  try {
    const steps = [vpnSteps, mtuSteps, engineSteps, nameSteps, machineSteps].flatMap((of) => of(stack));
    return await runSteps(steps, () => console.log(command("tail", ["-n", "5", join(folder, "*.log")]).stdout));
  } finally {
    stack.remove();
  }
};

void report(main);
