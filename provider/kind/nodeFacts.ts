import type { InspectedContainer, RequestedContainer } from "../../lib/base/container";
import { withDefaults } from "../plugin/property";
import { isSame, type Properties, type Value } from "../plugin/values";
import { imageOf, namedNodes } from "./clusterConfig";
import { clusterDeclaration } from "./clusterProperties";

/** Container port of the API server in a kind node. */
const apiPort = "6443/tcp";

/** Role of the container that leads to several control plane nodes. */
export const loadBalancerRole = "external-load-balancer";

/** Mounts that every kind node has. */
const mountsOfKind = ["/lib/modules", "/dev/mapper"];

/** Returns the mounts of a container in kind's words, from Docker's text `HOST:CONTAINER:ro,rslave`. */
const mountsOf = ({ binds }: RequestedContainer): Properties[] =>
  binds.flatMap((bind) => {
    const [hostPath = "", containerPath = "", options = ""] = bind.split(":");
    if (!hostPath.startsWith("/") || mountsOfKind.includes(containerPath)) return [];
    const flags = options.split(",");
    const propagation = flags.includes("rshared")
      ? "Bidirectional"
      : flags.includes("rslave")
        ? "HostToContainer"
        : "None";
    return [
      { hostPath, containerPath, readOnly: flags.includes("ro"), selinuxRelabel: flags.includes("Z"), propagation },
    ];
  });

/** Returns the port mappings of a container in kind's words, without the API server's. */
const portsOf = ({ bindings, role }: RequestedContainer): Properties[] =>
  bindings
    .filter(({ port }) => port !== apiPort || role !== "control-plane")
    .map(({ port, hostPort, address }) => {
      const [containerPort, protocol = "tcp"] = port.split("/");
      const where = { containerPort: Number(containerPort), hostPort, protocol: protocol.toUpperCase() };
      return address === "" ? where : { ...where, listenAddress: address };
    });

/** Returns the position of a node in kind's order: the control plane nodes before the workers, each by its number. */
const position = (cluster: string, { name, role }: RequestedContainer): number =>
  (role === "control-plane" ? 0 : 1_000_000) + Number(name.slice(`${cluster}-${role}`.length) || 1);

/** Returns the nodes of an existing cluster as inputs, as far as Docker knows them. */
export const readNodes = (cluster: string, containers: readonly RequestedContainer[]): Properties[] =>
  containers
    .filter(({ role }) => role !== loadBalancerRole)
    .sort((a, b) => position(cluster, a) - position(cluster, b))
    .map((container) => {
      const [extraMounts, extraPortMappings] = [mountsOf(container), portsOf(container)];
      return {
        role: container.role,
        image: container.image,
        ...(extraMounts.length > 0 ? { extraMounts } : {}),
        ...(extraPortMappings.length > 0 ? { extraPortMappings } : {}),
      };
    });

/** Returns the host port that leads to the API server: that of the load balancer, or of the first node. */
export const apiPortOf = (first: InspectedContainer, containers: readonly InspectedContainer[]): number =>
  (containers.find(({ role }) => role === loadBalancerRole) ?? first).ports[apiPort] ?? 0;

const wildcards = [undefined, "0.0.0.0", "::"];

/** Returns true if Docker's port mapping is one that the program asks for. */
const isPort = (docker: Properties, wanted: Properties): boolean =>
  docker.containerPort === wanted.containerPort &&
  docker.protocol === wanted.protocol &&
  (wanted.hostPort === 0 || docker.hostPort === wanted.hostPort) &&
  (docker.listenAddress === wanted.listenAddress ||
    (wildcards.includes(docker.listenAddress as string) && wildcards.includes(wanted.listenAddress as string)));

const listOf = (value: Value | undefined): Properties[] => (value ?? []) as Properties[];

/** Returns true if both lists have the same entries, in any order. */
const haveSame = (
  left: readonly Properties[],
  right: readonly Properties[],
  equals: (left: Properties, right: Properties) => boolean,
): boolean => left.length === right.length && right.every((wanted) => left.some((item) => equals(item, wanted)));

/** Returns true if a node as Docker describes it is the node of a program. Docker knows no labels and no patches. */
const isNode = (docker: Properties, wanted: Properties): boolean =>
  docker.image === wanted.image &&
  haveSame(listOf(docker.extraMounts), listOf(wanted.extraMounts), isSame) &&
  haveSame(listOf(docker.extraPortMappings), listOf(wanted.extraPortMappings), isPort);

/** Returns nodes by kind's names, with their images and the defaults of their other fields. */
const completeNodes = (properties: Properties): Map<string, Properties> => {
  const { type } = clusterDeclaration.inputs["nodes"]!;
  const nodes = withDefaults(type, properties.nodes ?? []);
  const named = namedNodes({ ...properties, nodes });
  return new Map(named.map((node) => [node.name, { ...node.node, image: imageOf(node, properties) }]));
};

/** Returns true if the nodes of a state and of a program are the same, in any order of the roles. */
export const haveSameNodes = (old: Properties, news: Properties): boolean => {
  const [before, after] = [completeNodes(old), completeNodes(news)];
  const equals = old.imported === true ? isNode : isSame;
  return before.size === after.size && [...after].every(([name, node]) => equals(before.get(name) ?? {}, node));
};
