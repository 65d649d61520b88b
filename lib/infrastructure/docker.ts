import type { BuiltInInfrastructure } from "./infrastructure";

/** Machines are containers of the host's Docker. */
export const docker: BuiltInInfrastructure = {
  kinds: { cluster: "DevCluster", machineTemplate: "DevMachineTemplate" },
  // Docker Desktop reaches the API server by a published port, containers on it by Docker's own name.
  apiServerNames: ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"],
  onDocker: true,
  runsPods: true,
  clusterSpec: () => ({ backend: { docker: {} } }),
  machineSpec: ({ nodeImage }) => ({ backend: { docker: nodeImage === undefined ? {} : { customImage: nodeImage } } }),
};
