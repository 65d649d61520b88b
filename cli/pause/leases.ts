import { setTimeout as sleep } from "node:timers/promises";
import { readItems, type WritableApi } from "../../system/clientApi";

interface Lease {
  metadata: { name: string; namespace: string };
  spec?: { holderIdentity?: string; acquireTime?: string; renewTime?: string };
}

const group = "/apis/coordination.k8s.io/v1";

/**
 * Returns the leases of leader elections whose holders stopped, without their holders. Leases of kubelets and API servers
 * have no `acquireTime` and stay as they are.
 *
 * @param startedAt times at which the cluster's containers started; a holder that renewed before all of them has stopped
 */
export const staleLeases = (leases: readonly Lease[], startedAt: readonly string[]): Lease[] => {
  const first = Math.min(...startedAt.map((time) => Date.parse(time)));
  return leases.flatMap((lease) => {
    const { holderIdentity, acquireTime, renewTime = "", ...spec } = lease.spec ?? {};
    if (!holderIdentity || acquireTime === undefined || !(Date.parse(renewTime) < first)) return [];
    return [{ ...lease, spec: { ...spec, acquireTime, renewTime } }];
  });
};

/**
 * Releases the leases of controllers that stopped, as soon as the cluster's API server answers. A new instance of a
 * controller otherwise waits until the lease of the old instance ends: 15 seconds for most controllers. The API server
 * refuses to replace a lease that a new instance took meanwhile. A failure only makes the start slower.
 *
 * @param startedAt times at which the cluster's containers started
 * @param isOver returns true if the caller no longer waits
 */
export const releaseLeases = async (
  api: WritableApi,
  startedAt: readonly string[],
  isOver: () => boolean,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> => {
  for (; startedAt.length > 0 && !isOver(); await pause(500)) {
    const leases = await readItems<Lease>(api, `${group}/leases`);
    if (leases === undefined) continue;
    const replaced = staleLeases(leases, startedAt).map((lease) =>
      api.putObject(`${group}/namespaces/${lease.metadata.namespace}/leases/${lease.metadata.name}`, lease),
    );
    await Promise.allSettled(replaced);
    return;
  }
};
