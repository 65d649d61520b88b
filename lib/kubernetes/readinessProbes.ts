import { podKeepers, type KubernetesObject } from "./object";

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

/** Seconds between two questions whether a pod is ready. */
const period = 1;

/** Questions until a container that never starts is started anew: ten minutes of them, as long as an image may take. */
const patience = 600;

/**
 * Has the kubelet ask every second, from the start, whether a pod is ready. Manifests ask every 10 s, after a first
 * pause, so each wait on the way to an answer would cost 5 to 15 s more than the pod needs. A probe that runs a program
 * in the container would cost too much every second for good: it becomes the startup probe as well, which ends with its
 * first success.
 */
export const withQuickReadiness = (object: KubernetesObject): KubernetesObject => {
  if (!podKeepers.includes(object.kind)) return object;
  const copy = structuredClone(object) as Workload;
  for (const container of copy.spec.template.spec.containers) quicken(container);
  return copy;
};

const quicken = (container: Container): void => {
  const { readinessProbe: probe } = container;
  if (probe === undefined) return;
  if (probe.httpGet !== undefined || probe.tcpSocket !== undefined) {
    probe.periodSeconds = period;
    delete probe.initialDelaySeconds;
  } else if (probe.exec !== undefined) {
    container.startupProbe ??= { ...probe, periodSeconds: period, failureThreshold: patience };
    delete container.startupProbe.initialDelaySeconds;
  }
};
