import { reachesContainers } from "../../lib/base/containerAddresses";
import { bad, type Check } from "./check";
import type { HostFacts } from "./facts";

/** Checks that this host reaches the nodes at their addresses: no workload cluster works without that. */
export const checkContainerAddresses = (
  { docker, platform }: HostFacts,
  { nodes }: { nodes: number },
): Check | undefined => {
  const name = "container addresses";
  if (nodes === 0 || docker.server === undefined || reachesContainers(platform, docker.os)) return undefined;
  if (platform !== "linux") {
    const detail = `containers' addresses cannot be reached on ${platform}, where no release was tested`;
    return bad("warn", name, detail, "run Slipway on Linux, which may be a virtual machine");
  }
  return bad(
    "fail",
    name,
    "Docker Desktop runs containers in another virtual machine, so this host cannot reach their addresses",
    "install Docker Engine on this Linux (https://docs.docker.com/engine/install), then docker context use default",
  );
};
