import { docker } from "./docker";
import type { BuiltInInfrastructure } from "./infrastructure";

/** The times of Cluster API's own tests of this backend. */
const after = (startupDuration: string) => ({ provisioning: { startupDuration, startupJitter: "0.2" } });

/** Machines are pretended within the provider's own process: Docker's sibling, of the same kinds. */
export const inMemory: BuiltInInfrastructure = {
  kinds: docker.kinds,
  apiServerNames: docker.apiServerNames,
  onDocker: false,
  runsPods: false,
  // The provider writes an annotation of its own into the object's, and panics where there are none.
  clusterAnnotations: { "dev.slipway/backend": "in-memory" },
  clusterSpec: () => ({ backend: { inMemory: {} } }),
  machineSpec: () => ({
    backend: { inMemory: { vm: after("10s"), node: after("2s"), apiServer: after("2s"), etcd: after("2s") } },
  }),
};
