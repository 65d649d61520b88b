import { familyOf } from "../../lib/network/address";
import { overlaps, parseNetwork } from "../../lib/network/cidr";
import { isAtLeast } from "../../lib/versions/semver";
import { finding, gb, ok, type HostCheck } from "./check";

/** The cgroup version that the Kubernetes versions ask for. */
export const checkCgroup: HostCheck = ({ docker }, { kubernetes }) => {
  if (docker.cgroup === undefined) return undefined;
  const detail = `version ${docker.cgroup}, for Kubernetes ${kubernetes.join(", ")}`;
  if (docker.cgroup !== "1" || !kubernetes.some((version) => isAtLeast(version, "1.35"))) return ok("cgroup", detail);
  return finding(
    "fail",
    "cgroup",
    `${detail}: 1.35 and later refuse version 1`,
    "boot with systemd.unified_cgroup_hierarchy=1, or set kubernetesVersion to 1.34.x",
  );
};

/** What Docker needs of the kernel. */
export const checkKernel: HostCheck = ({ kernel }) => {
  const names = Object.keys(kernel);
  if (names.length === 0) return undefined;
  const lacking = names.filter((name) => !kernel[name]);
  return lacking.length === 0
    ? ok("kernel", names.join(", "))
    : finding(
        "fail",
        "kernel",
        `without ${lacking.join(", ")}`,
        "load the modules or take a kernel that has them: Docker needs them",
      );
};

/** Watches for the kubelets and containerds of several nodes. */
export const checkInotify: HostCheck = ({ inotify: { watches, instances } }) => {
  if (watches === undefined || instances === undefined) return undefined;
  const detail = `${watches} watches, ${instances} instances`;
  // What kind advises is 524288 and 512 for a few nodes; what Cluster API advises is twice and sixteen times that.
  if (watches >= 1_048_576 && instances >= 8192) return ok("inotify", detail);
  const much = watches >= 524_288 && instances >= 512;
  const note = much ? "enough for a few nodes" : 'low: with several clusters, pods end with "too many open files"';
  const remedy = "sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192";
  return finding("warn", "inotify", `${detail}; ${note}`, remedy);
};

/** Open files for the load balancer of a cluster. */
export const checkOpenFiles: HostCheck = ({ openFiles, route }) => {
  if (openFiles === undefined) return undefined;
  const name = "open files";
  const detail = `hard limit ${openFiles === Infinity ? "none" : openFiles}`;
  // HAProxy in front of the API servers is configured for 100000 connections of two files each. The source route's
  // image caps it at 4000.
  if (openFiles >= (route === "source" ? 10_000 : 250_000)) return ok(name, detail);
  const remedy =
    "raise the limit of Docker's service (LimitNOFILE=1048576) or default-ulimits in /etc/docker/daemon.json";
  return finding("warn", name, `${detail}: if Docker has it too, the cluster's load balancer does not start`, remedy);
};

/** Memory for the management cluster and all nodes. */
export const checkMemory: HostCheck = ({ memoryBytes, cores }, { nodes, simulatedNodes }) => {
  const simulated = simulatedNodes * 0.02e9;
  const [wanted, least] = [3.5e9 + nodes * 2e9 + simulated, 1.5e9 + nodes * 1e9 + simulated];
  const detail = `${gb(memoryBytes)}, ${cores} cores`;
  if (memoryBytes >= wanted) return ok("memory", detail);
  const remedy = `have ${gb(wanted)} for ${nodes} nodes (Docker Desktop: Settings, Resources), or ask for fewer`;
  return memoryBytes >= least
    ? finding("warn", "memory", `${detail}: tight`, remedy)
    : finding("fail", "memory", `${detail}: too little for the management cluster and ${nodes} nodes`, remedy);
};

/** Disk for tools and images, and for what every node unpacks of them. */
export const checkDisk: HostCheck = ({ freeBytes, tools, route }, { nodes }) => {
  if (freeBytes === undefined) return undefined;
  const warm = Object.values(tools).every((version) => version !== null);
  const wanted = (warm ? 8e9 : route === "source" ? 35e9 : 12e9) + Math.max(0, nodes - 2) * 1e9;
  const detail = `${gb(freeBytes)} free`;
  if (freeBytes >= wanted) return ok("disk", detail);
  const remedy = `have ${gb(wanted)} free${warm ? "" : " for the first run"}; SLIPWAY_CACHE moves the cache, docker system prune frees images`;
  return finding(freeBytes >= wanted / 2 ? "warn" : "fail", "disk", detail, remedy);
};

/** Returns whether two networks in CIDR notation share an address. */
const overlap = (left: string, right: string): boolean => overlaps(parseNetwork(left), parseNetwork(right));

/** Whether something else uses the addresses of the network. */
export const checkRoutes: HostCheck = ({ routes, kindDevices }, { subnet }) => {
  const inTheWay = routes.filter(({ network, device }) => !kindDevices.includes(device) && overlap(network, subnet));
  if (inTheWay.length === 0) return ok("routes", `nothing else uses ${subnet}`);
  const list = inTheWay.map(({ network, device }) => `${network} on ${device}`).join(", ");
  const remedy =
    "set networkSubnet in Pulumi.<stack>.yaml to a free network, or remove the other one (docker network ls)";
  return finding("fail", "routes", `${list} overlaps the network ${subnet}`, remedy);
};

/** Whether pods would look within their cluster for what the host has elsewhere. IPv4 only, as the routes are. */
export const checkClusterNetworks: HostCheck = ({ routes }, { clusterNetworks }) => {
  const networks = clusterNetworks.filter((network) => familyOf(network) === "ipv4");
  if (networks.length === 0) return undefined;
  const name = "cluster networks";
  const hidden = networks.flatMap((network) =>
    routes
      .filter((route) => overlap(route.network, network))
      .map((route) => `${network} hides ${route.network} on ${route.device}`),
  );
  if (hidden.length === 0) return ok(name, networks.join(", "));
  const remedy =
    "if pods or nodes are to reach that, set podCidr or serviceCidr to a network that the host has no route to";
  return finding("warn", name, hidden.join(", "), remedy);
};
