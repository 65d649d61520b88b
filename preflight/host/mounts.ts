import { createSocket } from "node:dgram";
import { realpathSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { type Problem, sentence } from "../../lib/base/problem";
import type { PortMapping } from "../../lib/providers/kindConfig";
import type { Settings } from "../../lib/settings/types";
import { dockerSocket } from "./dockerFacts";

/** Settings with mounts and ports of nodes. */
type MountSettings = Pick<Settings, "management" | "clusters">;

/** A path of this machine, with its place in the settings. */
interface HostPath {
  readonly key: string;
  readonly path: string;
}

const hostPaths = ({ management, clusters }: MountSettings): HostPath[] => {
  const of = (mounts: readonly { readonly hostPath: string }[], key: string): HostPath[] =>
    mounts.map(({ hostPath }, index) => ({ key: `${key}[${index}].hostPath`, path: hostPath }));
  return [
    ...of(management.mounts ?? [], "managementMounts"),
    ...clusters.flatMap(({ mounts = [], workerPools }, cluster) => [
      ...of(mounts, `clusters[${cluster}].mounts`),
      ...workerPools.flatMap((pool, index) => of(pool.mounts ?? [], `clusters[${cluster}].workers[${index}].mounts`)),
    ]),
  ];
};

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

const isSocket = (path: string): boolean => {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
};

/** Returns the problems of host paths: missing paths, and links to Docker's socket or to a folder with the socket. */
export const mountProblems = (settings: MountSettings, socketPath = dockerSocket): Problem[] => {
  const socket = realPath(socketPath) ?? socketPath;
  return hostPaths(settings).flatMap(({ key, path }) => {
    const real = realPath(path);
    if (real === undefined) {
      const rule = "a path that exists, because Docker would create a folder that root owns";
      return [{ key, received: path, rule, remedy: "Create it, or correct the path" }];
    }
    const isWithin = real === "/" || socket === real || socket.startsWith(`${real}/`);
    const isOther = isSocket(real) && /(docker|podman|containerd|crio)[^/]*\.sock$/.test(real);
    if (!isWithin && !isOther) return [];
    const rule = "no path with the socket of a container engine, by which a pod can become root on this machine";
    return [{ key, received: path, rule, remedy: "Mount a folder with your own files" }];
  });
};

/** Returns true if a program of this machine listens on a port. Ports of SCTP cannot be asked for. */
export const isTaken = ({ hostPort, protocol, listenAddress }: PortMapping): Promise<boolean> =>
  new Promise((resolve) => {
    if (protocol === "SCTP") return resolve(false);
    const failed = ({ code }: NodeJS.ErrnoException): void => resolve(code === "EADDRINUSE");
    if (protocol === "UDP") {
      const socket = createSocket({ type: listenAddress.includes(":") ? "udp6" : "udp4" });
      socket.once("error", failed);
      return socket.bind({ port: hostPort, address: listenAddress, exclusive: true }, () =>
        socket.close(() => resolve(false)),
      );
    }
    const server = createServer();
    server.once("error", failed);
    server.listen({ port: hostPort, host: listenAddress, exclusive: true }, () => server.close(() => resolve(false)));
  });

/** Returns the problems of ports on which another program listens. The ports of an existing node are its own. */
const portProblems = async (ports: readonly PortMapping[]): Promise<Problem[]> => {
  const taken = await Promise.all(ports.map((port) => isTaken(port)));
  return ports.flatMap(({ hostPort, listenAddress }, index) =>
    taken[index] === true
      ? [
          {
            key: `managementPorts[${index}].hostPort`,
            received: hostPort,
            rule: `a port on which no program listens at ${listenAddress}`,
            remedy: "Choose a free port, or stop the program",
          },
        ]
      : [],
  );
};

/**
 * Returns the problems of mounts and ports with this machine.
 *
 * @param hasNode - true if the kind node exists, which then has the ports
 */
export const nodeHostProblems = async (settings: MountSettings, hasNode: boolean): Promise<string[]> =>
  [...mountProblems(settings), ...(hasNode ? [] : await portProblems(settings.management.ports ?? []))].map(sentence);
