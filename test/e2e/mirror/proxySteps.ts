import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageNames } from "../../../cli/toolchain/source/images/names";
import { processFile, processNumbers } from "../../../system/processes";
import { check, type DockerInventory, dockerInventory, must, newInDocker, type Result, type Step } from "../harness";
import { findSecrets, type Secret } from "../secretScan";
import type { Newcomer } from "./newcomer";
import { registryHosts } from "./registries";
import type { ProxyUser, Squid } from "./squid";
import { textOf } from "./world";

/** What the steps use. */
export interface ProxyWorld {
  readonly newcomer: Newcomer;
  readonly squid: Squid;
  /** ADDRESS:PORT of the proxy. */
  readonly proxy: string;
  /** Program with arguments that starts a command in the network of the stack. */
  readonly enter: readonly string[];
  /** Address of the stack's network, from which all requests come. */
  readonly client: string;
  readonly users: readonly [first: ProxyUser, second: ProxyUser];
}

/** Names of nodes' images that only nodes pull. */
const nodeImages = [imageNames.calicoNode, imageNames.nginx];

const checkEnd = (result: Result, succeeds: boolean, claim: string): void =>
  check((result.code === 0) === succeeds, `${claim}, got exit code ${result.code}\n${textOf(result).slice(-6000)}`);

/** Returns the ids of the nodes' containers, by name. */
const nodes = (): Record<string, string> => {
  const list = ["ps", "--no-trunc", "--filter", "label=io.x-k8s.kind.role", "--format", "{{.Names}} {{.ID}}"];
  const rows = must("docker", list).split("\n").filter(Boolean);
  return Object.fromEntries(
    rows.map((row) => row.split(" ") as [string, string]).filter(([name]) => !name.endsWith("-lb")),
  );
};

/** Watches the arguments of all processes for texts, until it is stopped. */
class ProcessWatch {
  private readonly findings = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly secrets: readonly Secret[]) {
    this.timer = setInterval(() => this.inspect(), 100);
  }

  private inspect(): void {
    for (const pid of processNumbers()) {
      const line = processFile(pid, "cmdline");
      if (this.secrets.some(({ text }) => line.includes(text))) this.findings.add(line.split("\0")[0] ?? "");
    }
  }

  /** Stops, and returns the programs whose arguments had a text. */
  stop(): string[] {
    clearInterval(this.timer);
    return [...this.findings];
  }
}

const secretsOf = (users: readonly ProxyUser[]): Secret[] =>
  users.flatMap(({ name, password }) => [
    { name: `the password of ${name}`, text: password },
    { name: `the password of ${name} in a URL`, text: encodeURIComponent(password) },
  ]);

/** The steps of a stack behind a proxy with a password; each needs those before it. */
export const proxySteps = (world: ProxyWorld): Step[] => {
  const { newcomer, squid, proxy, enter, client, users } = world;
  const [first, second] = users;
  const secrets = secretsOf(users);
  const stackFile = "Pulumi.dev.yaml";
  const urlOf = ({ name, password }: ProxyUser): string => `http://${name}:${encodeURIComponent(password)}@${proxy}`;
  const environmentOf = (user: ProxyUser): Record<string, string> => ({
    HTTPS_PROXY: urlOf(user),
    http_proxy: urlOf(user),
    NO_PROXY: "intranet.example.org",
  });
  let before: DockerInventory;
  let url = "";
  let known: Record<string, string> = {};

  const run = async (target: string, succeeds = true): Promise<Result> => {
    const watch = new ProcessWatch(secrets);
    const result = await newcomer.make(target);
    const programs = watch.stop();
    checkEnd(result, succeeds, `make ${target} to ${succeeds ? "end well" : "fail"}`);
    check(programs.length === 0, `no password among the arguments of processes, got ${programs.join(", ")}`);
    return result;
  };
  const answer = (): void =>
    void must(enter[0]!, [...enter.slice(1), "curl", "--noproxy", "*", "--fail", "--silent", "--max-time", "10", url]);
  const shell = (node: string, script: string): string => must("docker", ["exec", node, "bash", "-c", script]);

  return [
    {
      name: "the network of the stack reaches no server but the proxy",
      run: () => {
        before = dockerInventory();
        for (const address of [...new Set(Object.values(registryHosts))].slice(0, 2)) {
          const script = `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/443' 2>&1 || true`;
          const output = must(enter[0]!, [...enter.slice(1), "bash", "-c", script]);
          check(/unreachable/i.test(output), `${address} to be unreachable, got ${output || "a connection"}`);
        }
      },
    },
    {
      name: "make up behind a proxy with a password: the page answers HTTP 200",
      run: async () => {
        newcomer.environment = environmentOf(first);
        const { stdout } = await run("up");
        url = /^(http:\/\/\S+) answers:$/m.exec(stdout)?.[1] ?? "";
        check(url !== "", `the URL in the report of up, got\n${stdout.slice(-2000)}`);
        answer();
      },
    },
    {
      name: "the proxy's log shows each host, and no host was reached in another way",
      run: () => {
        const requests = squid.requests();
        const served = new Set(requests.filter(({ status }) => status === 200).map(({ host }) => host));
        const needed = ["github.com", "dl.k8s.io", ...Object.keys(registryHosts).filter((host) => host !== "ghcr.io")];
        const missing = needed.filter((host) => !served.has(host));
        check(missing.length === 0, `requests to ${missing.join(", ")} in the log`);
        const clients = new Set(requests.map(({ client: address }) => address));
        check([...clients].join() === client, `all requests from ${client}, got ${[...clients].join(", ")}`);
        const direct = requests.filter(({ host }) => /^[\d.]+$|\.svc$|cluster\.local$|localhost/.test(host));
        check(
          direct.length === 0,
          `no request for an address of the clusters, got ${direct.map(({ host }) => host).join(", ")}`,
        );
      },
    },
    {
      name: "nodes pull through the proxy, and except the networks of the stack and the user's hosts",
      run: () => {
        known = nodes();
        for (const node of Object.keys(known)) {
          const variables = shell(node, "cat /proc/$(pidof containerd)/environ | tr '\\0' '\\n'");
          check(variables.includes(`HTTPS_PROXY=${urlOf(first)}`), `the proxy in containerd of ${node}`);
          const [, list = ""] = /^NO_PROXY=(.*)$/m.exec(variables) ?? [];
          const entries = list.split(",");
          const needed = [
            "intranet.example.org",
            "localhost",
            ".svc",
            ".cluster.local",
            "172.18.0.0/16",
            "192.168.0.0/16",
          ];
          const missing = [...needed, "10.128.0.0/12", "10.244.0.0/16"].filter((entry) => !entries.includes(entry));
          check(missing.length === 0, `${missing.join(", ")} in NO_PROXY of ${node}, got ${list}`);
        }
        const worker = Object.keys(known).find((name) => name.includes("-md-")) ?? "";
        const images = shell(worker, "crictl images");
        for (const image of nodeImages)
          check(images.includes(image.split(":")[0]!), `${image} in ${worker}, got\n${images}`);
      },
    },
    {
      name: "the password is in no log, state, preview and report",
      run: async () => {
        const preview = await run("preview");
        await run("support");
        const folder = join(newcomer.checkout, ".slipway");
        const files = must("find", [folder, "-type", "f", "-size", "-20M"]).split("\n").filter(Boolean);
        const read = (file: string): Buffer => {
          if (!file.endsWith(".zst")) return readFileSync(file);
          return Buffer.from(must("zstd", ["--decompress", "--stdout", "--quiet", file]));
        };
        const unpacked = must("find", [newcomer.checkout, "-maxdepth", "2", "-name", "*.tgz"])
          .split("\n")
          .filter(Boolean);
        const archives = unpacked.map((file) => [file, must("tar", ["-xzOf", file])] as const);
        const findings = findSecrets(secrets, {
          "the output of all commands": readFileSync(newcomer.log),
          preview: textOf(preview),
          ...Object.fromEntries(files.map((file) => [file, read(file)])),
          ...Object.fromEntries(archives),
        });
        check(findings.length === 0, `no password, got ${findings.join(", ")}`);
        check(
          files.some((file) => /stacks/.test(file)),
          "the state among the files",
        );
      },
    },
    {
      name: "another up changes nothing",
      run: async () => {
        const { stdout } = await run("up");
        check(
          /^ {4}\d+ unchanged$/m.test(stdout) && !/^ {4}[~+-]/m.test(stdout),
          `only unchanged, got\n${stdout.slice(-2000)}`,
        );
      },
    },
    {
      name: "another user of the proxy reaches living nodes without a rollout, and a new node",
      run: async () => {
        squid.setUsers([second]);
        newcomer.environment = environmentOf(second);
        await run("up");
        for (const [name, id] of Object.entries(known)) {
          check(nodes()[name] === id, `the node ${name} to stay`);
          const variables = shell(name, "cat /proc/$(pidof containerd)/environ | tr '\\0' '\\n'");
          check(variables.includes(`HTTPS_PROXY=${urlOf(second)}`), `the new proxy in containerd of ${name}`);
        }
        const from = squid.requests().length;
        newcomer.write(stackFile, newcomer.read(stackFile).replace("workerReplicas: 1", "workerReplicas: 2"));
        await run("up");
        const added = Object.keys(nodes()).filter((name) => !(name in known));
        check(added.length === 1, `one new node, got ${added.join(", ")}`);
        const pulls = squid.requests().slice(from);
        check(
          pulls.some(({ host, user, status }) => host === "quay.io" && user === second.name && status === 200),
          "pulls of the new node as the new user",
        );
        answer();
      },
    },
    {
      name: "a proxy at 127.0.0.1 is refused with the remedy",
      run: async () => {
        newcomer.environment = { ...environmentOf(second), HTTPS_PROXY: "http://127.0.0.1:3128" };
        const text = textOf(await run("preview", false));
        newcomer.environment = environmentOf(second);
        check(
          /HTTPS_PROXY http:\/\/127\.0\.0\.1:3128: an address of this machine/.test(text),
          `the refusal, got\n${text.slice(-3000)}`,
        );
        check(
          /let the proxy listen on an address that containers reach/.test(text),
          `the remedy, got\n${text.slice(-3000)}`,
        );
      },
    },
    {
      name: "make destroy deletes everything",
      always: true,
      run: async () => {
        await run("destroy");
        const left = newInDocker(before, dockerInventory());
        check(left.length === 0, `Docker to hold nothing new, got ${left.join(", ")}`);
      },
    },
  ];
};
