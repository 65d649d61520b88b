import { reachesContainers, reachText } from "../../lib/base/containerAddresses";
import { isAtLeast } from "../../lib/versions/semver";
import { finding, ok, type CheckResult } from "./check";
import type { DockerFacts } from "./dockerFacts";
import type { HostFacts } from "./facts";

/** Reports whether this host reaches the nodes at their addresses, or uses the ports that Docker publishes. */
export const checkContainerAddresses = (
  { docker, platform, reach }: HostFacts,
  { nodes }: { nodes: number },
): CheckResult | undefined => {
  const name = "container addresses";
  if (nodes === 0 || docker.server === undefined) return undefined;
  const usual = reachesContainers(platform, docker.os);
  if (platform !== "linux") {
    const detail = reach ? reachText(reach) : "this host uses published ports";
    return finding(
      "warn",
      name,
      `${detail}; no release was tested on ${platform}`,
      "run Slipway on Linux if a run fails",
    );
  }
  if (reach !== undefined) return ok(name, reachText(reach));
  return usual ? undefined : ok(name, "Docker Desktop runs containers in another virtual machine: published ports");
};

/**
 * Checks that the docker command uses the server behind the socket. Otherwise Slipway's network would be in one server,
 * and its clusters in the other server.
 */
export const findOtherServer = ({
  server,
  id,
  socketId,
  socketError,
  endpoint = "its context",
}: DockerFacts): CheckResult | undefined => {
  if (server === undefined || id === undefined || id === socketId) return undefined;
  const command = `the docker command (${endpoint}) uses another server than /var/run/docker.sock`;
  const remedy = "run docker context use default, or export DOCKER_HOST=unix:///var/run/docker.sock";
  if (socketId !== undefined) return finding("fail", "docker.sock", command, remedy);
  if (socketError === undefined) return undefined;
  const detail = `the docker command (${endpoint}) answers, and /var/run/docker.sock does not: ${socketError}`;
  // Without permission the socket's server is unknown, and may be the server of the docker command.
  return finding(/permission denied/i.test(socketError) ? "warn" : "fail", "docker.sock", detail, remedy);
};

/** First version with `docker save --platform` (API 1.48), which steps/environment.sh uses. */
const savesPlatform = "28.0.0";

/**
 * Checks that Docker can export one platform of an image. The containerd image store has the manifests of all
 * platforms, but only the content of one platform.
 */
export const checkImageStore = (
  { docker: { server, clientVersion = savesPlatform, hasContainerdStore = false } }: HostFacts,
  { loadsImages }: { loadsImages: boolean },
): CheckResult | undefined => {
  if (server === undefined || !hasContainerdStore || !loadsImages) return undefined;
  const old = [
    ...(isAtLeast(server, savesPlatform) ? [] : [`server ${server}`]),
    ...(isAtLeast(clientVersion, savesPlatform) ? [] : [`command ${clientVersion}`]),
  ];
  if (old.length === 0) return undefined;
  return finding(
    "fail",
    "image store",
    `Docker's containerd image store with ${old.join(" and ")} cannot export one platform of an image`,
    'install Docker 28 or later, or set "features": {"containerd-snapshotter": false} in /etc/docker/daemon.json',
  );
};
