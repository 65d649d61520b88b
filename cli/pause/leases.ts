import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../system/exec";

interface Lease {
  metadata: { name: string; namespace: string };
  spec?: { holderIdentity?: string; acquireTime?: string; renewTime?: string };
}

/** Runs kubectl; returns what it prints, or undefined if it fails. */
export type RunKubectl = (args: readonly string[], input?: string) => Promise<string | undefined>;

/**
 * Returns the leases of leader elections whose holders stopped, without their holders, for `kubectl replace`. Leases of
 * kubelets and API servers have no `acquireTime` and stay as they are.
 *
 * @param json from `kubectl get leases --output=json`
 * @param startedAt times at which the cluster's containers started; a holder that renewed before all of them has stopped
 */
export const staleLeases = (json: string, startedAt: readonly string[]): Lease[] => {
  const first = Math.min(...startedAt.map((time) => Date.parse(time)));
  return (JSON.parse(json) as { items: Lease[] }).items.flatMap((lease) => {
    const { holderIdentity, acquireTime, renewTime = "", ...spec } = lease.spec ?? {};
    if (!holderIdentity || acquireTime === undefined || !(Date.parse(renewTime) < first)) return [];
    return [{ ...lease, spec: { ...spec, acquireTime, renewTime } }];
  });
};

/** Returns a function that runs kubectl with the kubeconfig of a cluster. */
export const kubectlOf =
  (cwd: string, file: string, env: Readonly<Record<string, string>>): RunKubectl =>
  async (args, input) => {
    const all = ["--kubeconfig", file, "--request-timeout=10s", ...args];
    const { code, stdout } = await exec("kubectl", all, {
      cwd,
      env,
      timeout: 15,
      ...(input === undefined ? {} : { input }),
    });
    return code === 0 ? stdout : undefined;
  };

/**
 * Releases the leases of controllers that stopped, as soon as the cluster's API server answers. A new instance of a
 * controller otherwise waits until the lease of the old instance ends: 15 seconds for most controllers. Replacement by
 * resource version leaves a lease alone that a new instance took meanwhile. A failure only makes the start slower.
 *
 * @param run runs kubectl for the cluster
 * @param startedAt times at which the cluster's containers started
 * @param deadline milliseconds since 1970 after which the function no longer asks
 */
export const releaseLeases = async (
  run: RunKubectl,
  startedAt: readonly string[],
  deadline: number,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> => {
  if (startedAt.length === 0) return;
  for (;;) {
    const json = await run(["get", "leases.coordination.k8s.io", "--all-namespaces", "--output=json"]);
    if (json !== undefined) {
      const items = staleLeases(json, startedAt);
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
      if (items.length > 0) await run(["replace", "--filename=-"], list);
      return;
    }
    if (Date.now() >= deadline) return;
    await pause(1000);
  }
};
