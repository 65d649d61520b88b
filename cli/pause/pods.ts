import { setTimeout as sleep } from "node:timers/promises";
import { type ClientApi, readItems } from "../../system/clientApi";

/** A pod, with the fields that Slipway reads. */
export interface Pod {
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: {
      state?: { running?: { startedAt?: string }; waiting?: { reason?: string } };
    }[];
  };
}

/** A pod that is not Ready. */
export interface WaitingPod {
  /** `NAMESPACE/NAME`. */
  name: string;
  reason: string;
}

const secondsOf = (time: string | undefined): number => Math.floor(Date.parse(time ?? "") / 1000);

const reasonOf = ({ spec, status }: Pod, startedAt: Readonly<Record<string, string>>): string | undefined => {
  const containers = status?.containerStatuses ?? [];
  const waiting = containers.map(({ state }) => state?.waiting?.reason).find((reason) => reason !== undefined);
  if (waiting !== undefined) return waiting;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "True") return ready?.reason ?? status?.phase ?? "unknown";
  // After the start of a node its pods have their old status until kubelet reports them.
  const since = secondsOf(startedAt[spec?.nodeName ?? ""]);
  const isOld = containers.some(({ state }) => state?.running && secondsOf(state.running.startedAt) < since);
  return isOld ? "status of before the start" : undefined;
};

/**
 * Returns the pods that should be Ready and are not. Pods that ended and pods that are being deleted do not
 * count.
 *
 * @param startedAt times at which the nodes' containers started, by name; a status from before that time does not count
 */
export const waitingPods = (pods: readonly Pod[], startedAt: Readonly<Record<string, string>> = {}): WaitingPod[] =>
  pods
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && !isEnded(status?.phase))
    .flatMap((pod) => {
      const reason = reasonOf(pod, startedAt);
      return reason === undefined ? [] : [{ name: `${pod.metadata.namespace}/${pod.metadata.name}`, reason }];
    });

const isEnded = (phase: string | undefined): boolean => phase === "Succeeded" || phase === "Failed";

/** Reads the pods of a cluster that are not Ready; undefined if the cluster does not answer. */
export const readWaitingPods = async (
  api: Pick<ClientApi, "getObject">,
  startedAt?: Readonly<Record<string, string>>,
): Promise<WaitingPod[] | undefined> => {
  const pods = await readItems<Pod>(api, "/api/v1/pods");
  return pods && waitingPods(pods, startedAt);
};

/**
 * Waits until the pods of a cluster are Ready.
 *
 * @param except pods that were not Ready before the stop
 * @throws after the timeout, with the pods that are not Ready
 */
export const awaitPods = async (
  cluster: string,
  read: () => Promise<WaitingPod[] | undefined>,
  except: readonly string[],
  timeoutSeconds: number,
): Promise<void> => {
  for (const deadline = Date.now() + timeoutSeconds * 1000; ; await sleep(1000)) {
    const waiting = (await read())?.filter(({ name }) => !except.includes(name));
    if (waiting?.length === 0) return;
    if (Date.now() < deadline) continue;
    const got =
      waiting === undefined
        ? "no answer of its API server"
        : waiting.map(({ name, reason }) => `${name} (${reason})`).join(", ");
    throw new Error(
      `cluster ${cluster}: expected all pods Ready within ${timeoutSeconds} s, got ${got}. Run make status for details.`,
    );
  }
};
