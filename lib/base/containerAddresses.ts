/**
 * How programs on a host reach the API servers of workload clusters: at the addresses of containers, or by the ports that
 * Docker publishes.
 */
export type Reach = "address" | "published-port";

/** How this process reaches containers, and the place of the measurement. */
export interface ReachReading {
  readonly reach: Reach;
  /** Continues "measured", such as `at clusterapi-control-plane (172.18.0.2)`. */
  readonly where: string;
}

/** Environment variable that replaces the measurement. */
export const reachVariable = "SLIPWAY_REACH";

/**
 * Returns true if programs on a host usually reach containers at the containers' own addresses. Only a measurement is
 * certain, so this decides only while Docker does not answer.
 *
 * @param platform Node's name of the operating system: linux, darwin, win32
 * @param dockerSystem OperatingSystem of `docker info`; default: unknown, which counts as Docker on the host itself
 */
export const reachesContainers = (platform: string, dockerSystem = ""): boolean =>
  platform === "linux" && !dockerSystem.includes("Docker Desktop");

/** Returns the reading as a phrase for a user. */
export const reachText = ({ reach, where }: ReachReading): string =>
  reach === "address"
    ? `this host reaches containers at their addresses (measured ${where})`
    : `this host does not reach containers at their addresses (measured ${where}), so it uses published ports`;
