/**
 * Returns true if programs on a host reach containers at the containers' own addresses. Docker Desktop runs containers
 * in another virtual machine, also on Linux and in WSL 2.
 *
 * @param platform Node's name of the operating system: linux, darwin, win32
 * @param dockerSystem OperatingSystem of `docker info`; default: unknown, which counts as Docker on the host itself
 */
export const reachesContainers = (platform: string, dockerSystem = ""): boolean =>
  platform === "linux" && !dockerSystem.includes("Docker Desktop");
