import { parseNetwork } from "../../lib/network/parse";
import type { HostFacts } from "../../preflight/host/facts";

/** A host on which nothing is wrong and nothing runs. */
export const healthyHost: HostFacts = {
  platform: "linux",
  route: "release",
  node: "20.20.2",
  docker: { client: "Docker version 28.0.0", server: "28.0.0", socket: true, cgroup: "2", os: "linux/Debian" },
  inotify: { watches: 1_048_576, instances: 8192 },
  openFiles: 1_048_576,
  memoryBytes: 16e9,
  cores: 4,
  freeBytes: 100e9,
  tools: {},
  kernel: { overlay: true, bridge: true },
  containers: [],
  routes: [{ network: parseNetwork("172.17.0.0/16"), device: "docker0" }],
  dockerNetworks: [{ name: "bridge", device: "docker0", subnets: [parseNetwork("172.17.0.0/16")] }],
  kindDevices: [],
};
