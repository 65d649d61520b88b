import { workloadKinds, type KubernetesObject } from "./object";

interface Probe {
  exec?: object;
  httpGet?: object;
  tcpSocket?: object;
  periodSeconds?: number;
  initialDelaySeconds?: number;
  failureThreshold?: number;
}

interface Container {
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

interface Workload extends KubernetesObject {
  spec: { template: { spec: { containers: Container[] } } };
}

/** Seconds between two readiness probes. */
const period = 1;

/**
 * Failed probes until a container that never starts is restarted. At one probe per second this is ten minutes, as long
 * as an image may take.
 */
const maximumFailures = 600;

/**
 * Lets kubelet probe a pod's readiness every second from the start. Manifests probe every 10 s after an initial delay,
 * so each wait would take 5 to 15 s longer than the pod needs. A permanent probe every second would cost too much if it
 * runs a program in the container. Such a probe becomes the startup probe as well, which ends with its first success.
 */
export const withQuickReadiness = (object: KubernetesObject): KubernetesObject => {
  if (!workloadKinds.includes(object.kind)) return object;
  const copy = structuredClone(object) as Workload;
  for (const container of copy.spec.template.spec.containers) setProbePeriod(container);
  return copy;
};

const setProbePeriod = (container: Container): void => {
  const { readinessProbe: probe } = container;
  if (probe === undefined) return;
  if (probe.httpGet !== undefined || probe.tcpSocket !== undefined) {
    probe.periodSeconds = period;
    delete probe.initialDelaySeconds;
  } else if (probe.exec !== undefined) {
    container.startupProbe ??= { ...probe, periodSeconds: period, failureThreshold: maximumFailures };
    delete container.startupProbe.initialDelaySeconds;
  }
};
