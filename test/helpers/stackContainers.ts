/** A container as `docker container inspect --format '{{json .}}'` prints it, with the fields that Slipway reads. */
export interface InspectedJson {
  id: string;
  name: string;
  cluster: string;
  role: string;
  running: boolean;
  /** Address on the network kind while the container runs. */
  address: string;
  /** Address that `docker network connect --ip` set. */
  fixed?: string;
  network: string;
  hostPort: number;
  policy: string;
}

/** Returns a line of `docker container inspect`, as Docker 20.10 printed it for a kind node. */
export const inspectedLine = ({
  id,
  name,
  cluster,
  role,
  running,
  address,
  fixed,
  network,
  hostPort,
  policy,
}: InspectedJson): string =>
  JSON.stringify({
    Id: id,
    Name: `/${name}`,
    Created: "2026-01-01T10:00:00Z",
    State: { Running: running, StartedAt: "2026-01-01T10:00:01Z" },
    Config: {
      Image: "slipway/node:v1.34.4",
      Labels: { "io.x-k8s.kind.cluster": cluster, "io.x-k8s.kind.role": role },
    },
    HostConfig: {
      RestartPolicy:
        policy === "no" ? { Name: "no", MaximumRetryCount: 0 } : { Name: "on-failure", MaximumRetryCount: 1 },
      PortBindings: { "6443/tcp": [{ HostIp: "127.0.0.1", HostPort: String(hostPort) }] },
    },
    NetworkSettings: {
      Networks: {
        kind: {
          IPAMConfig: fixed === undefined ? null : { IPv4Address: fixed },
          NetworkID: network,
          IPAddress: running ? address : "",
          GlobalIPv6Address: "",
        },
      },
      Ports: {},
    },
  });

/** A Docker with containers on the network kind, which records the calls that change something. */
export class RecordedDocker {
  readonly calls: string[] = [];
  /** A call that begins with this text fails. */
  fails = "never";

  constructor(
    public containers: InspectedJson[],
    public network = "net-1",
  ) {}

  readonly run = (...args: string[]): Promise<string[]> => {
    const call = args.join(" ");
    if (call.startsWith(this.fails)) return Promise.reject(new Error(`docker ${call}: killed`));
    if (call.startsWith("ps --all"))
      return Promise.resolve(
        this.containers.map(({ id, name, running, cluster, role }) =>
          [id, name, running ? "running" : "exited", "", "kind", cluster, role, "", ""].join("\t"),
        ),
      );
    if (call.startsWith("ps --filter publish=")) return Promise.resolve(["web"]);
    if (call.startsWith("network ls")) return Promise.resolve(this.network === "" ? [] : [this.network]);
    if (call.startsWith("container inspect")) {
      const inspected = this.containers.filter(({ id }) => args.includes(id));
      return Promise.resolve(inspected.map(inspectedLine));
    }
    this.calls.push(call);
    this.change(args);
    return Promise.resolve([]);
  };

  private change(args: string[]): void {
    for (const container of this.containers) {
      if (!args.includes(container.name) && !args.includes(container.id)) continue;
      if (args[0] === "stop") container.running = false;
      if (args[0] === "start") container.running = true;
      if (args[0] === "update") container.policy = args[1]!.replace("--restart=", "");
      if (args[0] === "network" && args[1] === "connect") container.fixed = container.address = args[3]!;
    }
  }
}

const container = (name: string, cluster: string, role: string, address: string): InspectedJson => ({
  id: `id-${name}`,
  name,
  cluster,
  role,
  running: true,
  address,
  network: "net-1",
  hostPort: role === "control-plane" && cluster === "clusterapi" ? 38951 : 0,
  policy: "on-failure:1",
});

/** Returns the containers of a running stack: three control plane nodes, two workers, a load balancer, a kind node. */
export const runningStack = (): InspectedJson[] => [
  container("capd-cp-a", "capd", "control-plane", "172.18.0.4"),
  container("capd-cp-b", "capd", "control-plane", "172.18.0.5"),
  container("capd-cp-c", "capd", "control-plane", "172.18.0.6"),
  container("capd-lb", "capd", "external-load-balancer", "172.18.0.3"),
  container("capd-md-0-x", "capd", "worker", "172.18.0.7"),
  container("capd-md-0-y", "capd", "worker", "172.18.0.8"),
  container("clusterapi-control-plane", "clusterapi", "control-plane", "172.18.0.2"),
];

/** Returns a container of somebody else on the network kind. */
export const foreignContainer = (name: string, address: string): InspectedJson =>
  container(name, "other", "worker", address);
