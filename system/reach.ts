import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { inspectArguments, networkName, parseInspected } from "../lib/base/container";
import { type ReachReading, reachesContainers, reachVariable } from "../lib/base/containerAddresses";
import { jsonLines } from "../lib/base/json";
import { roleLabel } from "../lib/base/labels";
import { refuse } from "../lib/base/problem";
import { ownContainerVariable } from "./ownContainer";
import { type DockerExec, execDocker, networkArguments } from "./docker";

/** Answer to an attempt to open a connection. */
export type Answer = "open" | "refused" | "silent";

/** The sources of a measurement. Tests replace them. */
export interface ReachSources {
  readonly execute?: DockerExec;
  readonly open?: (host: string, port: number) => Promise<Answer>;
  /** Addresses of this machine's devices. */
  readonly ownAddresses?: () => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** What a measurement may use. */
export interface ReachOptions {
  /** Name of the management cluster, whose node is asked first. @default - any node on the network */
  readonly management?: string | undefined;
  /**
   * Image of a node, from which the measurement starts a container for a moment if no node runs.
   * @default - no container is started
   */
  readonly image?: string | undefined;
}

/** Port of every node's API server, and of a cluster's load balancer. */
const apiPort = 6443;
/** Port at which nothing listens, so a host that is reached refuses the connection. */
const discardPort = 9;
/** Milliseconds until a connection counts as silent. The kernel repeats its first packet after one second. */
const silenceMs = 1500;

const openConnection = (host: string, port: number): Promise<Answer> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // A busy process may have received the answer already, which it reads before setImmediate's callback.
    const timer = setTimeout(() => setImmediate(finish, "silent"), silenceMs);
    socket.on("connect", () => finish("open"));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => finish(code === "ECONNREFUSED" ? "refused" : "silent"));
  });

const addressesOfDevices = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));

interface NetworkJson {
  readonly Name: string;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null };
  readonly Containers?: Readonly<Record<string, { readonly Name: string; readonly IPv4Address?: string }>> | null;
}

/** A running container with the port at which it listens. */
interface Target {
  readonly name: string;
  readonly address: string;
}

/** Returns the first node of the network that has an API server; the management cluster's node comes first. */
const findNode = (network: NetworkJson | undefined, management: string | undefined): Target | undefined => {
  const nodes = Object.values(network?.Containers ?? {}).flatMap(({ Name: name, IPv4Address = "" }) => {
    const [address = ""] = IPv4Address.split("/");
    return address !== "" && /-(control-plane(-[^-]+)?|lb)$/.test(name) ? [{ name, address }] : [];
  });
  return nodes.find(({ name }) => name === `${management}-control-plane`) ?? nodes[0];
};

/** Returns the gateway, which Docker leaves out for a bridge that no container has used: then the first address. */
const gatewayOf = ({ IPAM }: NetworkJson): string | undefined =>
  (IPAM?.Config ?? []).flatMap(({ Subnet = "", Gateway }) => {
    const address = Gateway ?? Subnet.replace(/\.0\/\d+$/, ".1");
    return /^[\d.]+$/.test(address) ? [address] : [];
  })[0];

/** Returns true if the node itself reaches its API server, so a refusal comes from a firewall in front of it. */
const listensInside = async (node: string, execute: DockerExec): Promise<boolean> =>
  (await execute(["exec", node, "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${apiPort}`])).code === 0;

/** A program of the node image that listens for ten seconds. Debian's smallest installation has perl. */
const listener =
  `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => ${apiPort}, Listen => 5, ReuseAddr => 1);` +
  " alarm 10; while ($s->accept) {}'";

/** Measures with a container that lives for a moment; undefined if the container cannot be started. */
const measureContainer = async (
  image: string,
  network: string,
  execute: DockerExec,
  open: NonNullable<ReachSources["open"]>,
): Promise<ReachReading | undefined> => {
  const options = ["--rm", "--detach", "--pull", "never", "--network", network, "--entrypoint", "sh"];
  const started = await execute(["run", ...options, image, "-c", listener]);
  const id = started.stdout.trim();
  if (started.code !== 0 || id === "") return undefined;
  try {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const address = (await execute(["inspect", "--format", format, id])).stdout.trim();
    if (address === "") return undefined;
    for (let attempt = 0; ; attempt++) {
      const answer = await open(address, apiPort);
      // The program starts to listen some milliseconds after the container's start.
      if (answer !== "refused" || attempt === 9)
        return {
          reach: answer === "open" ? "address" : "published-port",
          where: `at a container on the Docker network ${network}`,
        };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await execute(["rm", "--force", "--volumes", id]);
  }
};

const forcedReach = (value: string): ReachReading => {
  if (value === "address" || value === "published-port") return { reach: value, where: `by ${reachVariable}` };
  const rule = "address or published-port";
  return refuse({ key: reachVariable, received: value, rule, remedy: "Correct the variable, or unset it" });
};

/**
 * Measures whether this process reaches containers at their addresses. A running node decides. Without a node, Docker's
 * bridge has to be a device of this machine, or a container that is started for a moment has to answer.
 *
 * @throws ProblemError if SLIPWAY_REACH has another value than address or published-port
 */
export const measureReach = async (
  { management, image }: ReachOptions = {},
  sources: ReachSources = {},
): Promise<ReachReading> => {
  const { execute = execDocker, open = openConnection, ownAddresses = addressesOfDevices } = sources;
  const { [reachVariable]: forced, [ownContainerVariable]: container } = sources.env ?? process.env;
  if (forced) return forcedReach(forced);
  if (container)
    return {
      reach: "address",
      where: `in the container ${container.slice(0, 12)}, which is connected to Docker's network`,
    };
  const inspected = await execute(networkArguments(networkName, "bridge")).catch(() => ({ stdout: "" }));
  const networks = jsonLines<NetworkJson>(inspected.stdout);
  if (networks.length === 0)
    return {
      reach: reachesContainers(process.platform) ? "address" : "published-port",
      where: `by the platform ${process.platform}, because Docker has no network to measure`,
    };
  const kind = networks.find(({ Name }) => Name === networkName);
  const node = findNode(kind, management);
  if (node !== undefined) {
    const answer = await open(node.address, apiPort);
    const isReached = answer === "open" || (answer === "refused" && !(await listensInside(node.name, execute)));
    return { reach: isReached ? "address" : "published-port", where: `at ${node.name} (${node.address})` };
  }
  const gateways = networks.flatMap((network) => gatewayOf(network) ?? []);
  const gateway = gateways.find((address) => ownAddresses().includes(address));
  const where = gateway
    ? `at the gateway ${gateway}`
    : `at the gateways ${gateways.join(", ")}, which are not of this machine`;
  if (gateway !== undefined && (await open(gateway, discardPort)) === "silent")
    return { reach: "published-port", where };
  const measured = image && (await measureContainer(image, kind?.Name ?? "bridge", execute, open));
  return measured || { reach: gateway === undefined ? "published-port" : "address", where };
};

/** Returns the ports of 127.0.0.1 at which Docker publishes the API servers of running workload clusters, by cluster. */
export const readPublishedPorts = async (execute = execDocker): Promise<Record<string, number>> => {
  const filter = `label=${roleLabel}=external-load-balancer`;
  const names = (await execute(["ps", "--filter", filter, "--format", "{{.Names}}"])).stdout
    .split("\n")
    .filter(Boolean);
  if (names.length === 0) return {};
  const balancers = parseInspected((await execute(inspectArguments(...names))).stdout);
  return Object.fromEntries(
    balancers.flatMap(({ cluster, apiPorts: [port] }) =>
      port === undefined ? [] : [[cluster, Number(port)] as const],
    ),
  );
};
