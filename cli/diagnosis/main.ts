// Prints why CLUSTER in NAMESPACE is not ready, for steps whose wait timed out. KUBECONFIG is the path of the management
// cluster's kubeconfig. WORKLOAD_KUBECONFIG is the path of the cluster's own kubeconfig and may be unset.
// If CLUSTER is unset, it prints which pods of the cluster in KUBECONFIG do not run.
import { existsSync } from "node:fs";
import { messageOf } from "../../lib/base/errors";
import { whatDoesNotRun, whyStuck } from "../../lib/diagnosis/diagnose";
import { createExec } from "../../system/exec";
import { inspectCluster, inspectPods } from "./cluster";

const main = async (): Promise<string[]> => {
  const { CLUSTER: name, NAMESPACE: namespace = "default", KUBECONFIG: management = "" } = process.env;
  const exec = createExec(process.cwd());
  if (name === undefined) return whatDoesNotRun(await inspectPods(exec, management));
  const workload = process.env.WORKLOAD_KUBECONFIG;
  const place = { name, namespace, management, ...(workload && existsSync(workload) ? { workload } : {}) };
  return whyStuck(await inspectCluster(exec, place)).lines;
};

main().then(
  (lines) => process.stdout.write(`${lines.join("\n")}\n`),
  (error: unknown) => {
    process.stderr.write(`the cluster could not be diagnosed: ${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
