import type { Exec } from "../../system/exec";

/** Annotation with which Cluster API leaves an object alone. */
const paused = "cluster.x-k8s.io/paused";

/** Annotation of the MachineHealthChecks that `stop` paused, so that those paused by users stay paused. */
const marker = "dev.slipway.stopped";

const type = "machinehealthchecks.cluster.x-k8s.io";

interface HealthCheck {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
}

/** Runs kubectl with the kubeconfig of the management cluster. */
const kubectl = (exec: Exec, file: string, ...args: string[]): ReturnType<Exec> =>
  exec("kubectl", "--kubeconfig", file, "--request-timeout=10s", ...args);

const annotate = async (
  exec: Exec,
  file: string,
  isChosen: (annotations: Readonly<Record<string, string>>) => boolean,
  changes: readonly string[],
): Promise<string[]> => {
  const { text, failed } = await kubectl(exec, file, "get", type, "--all-namespaces", "--output=json");
  if (failed) return [`MachineHealthChecks: expected an answer of the management cluster, got: ${text}`];
  const { items } = JSON.parse(text) as { items: HealthCheck[] };
  const chosen = items.filter(({ metadata }) => isChosen(metadata.annotations ?? {}));
  const answers = await Promise.all(
    chosen.map(({ metadata: { name, namespace } }) =>
      kubectl(exec, file, "annotate", "--namespace", namespace, type, name, "--overwrite", ...changes),
    ),
  );
  return answers.flatMap((answer, index) =>
    answer.failed ? [`MachineHealthCheck ${chosen[index]?.metadata.name}: expected a change, got: ${answer.text}`] : [],
  );
};

/**
 * Pauses the MachineHealthChecks before a stop. Nodes of a stopped cluster may be recorded as unknown since the evening, and
 * a health check would replace their machines in the morning. Returns the problems.
 */
export const pauseHealthChecks = (exec: Exec, file: string): Promise<string[]> =>
  annotate(exec, file, (annotations) => !(paused in annotations), [`${paused}=true`, `${marker}=true`]);

/** Resumes the MachineHealthChecks that `pauseHealthChecks` paused, after a start. Returns the problems. */
export const resumeHealthChecks = (exec: Exec, file: string): Promise<string[]> =>
  annotate(exec, file, (annotations) => marker in annotations, [`${paused}-`, `${marker}-`]);
