// For steps whose wait ran out: prints why CLUSTER in NAMESPACE is stuck. KUBECONFIG is the management cluster's,
// WORKLOAD_KUBECONFIG the cluster's own where there is one. Without CLUSTER: what does not run in that of KUBECONFIG.
import { existsSync } from "node:fs";
import { messageOf } from "../../lib/base/errors";
import { whatDoesNotRun, whyStuck } from "../../lib/diagnosis/diagnose";
import { createExec } from "../../system/exec";
import { lookAtCluster, lookAtPods } from "./cluster";

const main = async (): Promise<string[]> => {
  const { CLUSTER: name, NAMESPACE: namespace = "default", KUBECONFIG: management = "" } = process.env;
  const ask = createExec(process.cwd());
  if (name === undefined) return whatDoesNotRun(await lookAtPods(ask, management));
  const workload = process.env.WORKLOAD_KUBECONFIG;
  const place = { name, namespace, management, ...(workload && existsSync(workload) ? { workload } : {}) };
  return whyStuck(await lookAtCluster(ask, place)).lines;
};

main().then(
  (lines) => process.stdout.write(`${lines.join("\n")}\n`),
  (error: unknown) => {
    process.stderr.write(`why it is stuck could not be found out: ${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
