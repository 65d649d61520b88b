import { kubeconfigFile } from "../../lib/base/paths";
import { existingManagementName, type Settings } from "../../lib/settings/types";
import type { TrackedClusters } from "../../lib/progress/runModel";
import { readStackFile } from "../../preflight/stackFile";
import type { Target } from "../pulumi/run";
import { print } from "../pulumi/target";
import { identityOf } from "../report/runReport";
import { openEngineLog } from "./engineLog";
import { readEstimate } from "./estimate";
import { openWatchedApi, versionOf } from "./openApi";
import { RunView } from "./runView";

/** Options of Pulumi that do not change what Pulumi prints. With any other option, Pulumi's own output is shown. */
const silentOptions: readonly string[] = [
  ...["target", "target-dependents", "target-replace", "replace", "exclude", "exclude-dependents", "exclude-protected"],
  ...["refresh", "run-program", "continue-on-error", "expect-no-changes", "parallel", "message", "plan"],
  ...["config", "config-path", "policy-pack", "policy-pack-config", "event-log", "remove"],
];

/**
 * Returns true if the view replaces Pulumi's output.
 *
 * @param args options for Pulumi
 * @param isEngineOutput true if the user asks for Pulumi's own output
 */
export const usesView = (args: readonly string[], isEngineOutput: boolean): boolean =>
  !isEngineOutput &&
  args.every((arg) => {
    if (!arg.startsWith("-")) return true;
    const [, name = ""] = /^--([\w-]+)(?:=|$)/.exec(arg) ?? [];
    return silentOptions.includes(name);
  });

/** Returns true if Pulumi asks for the passphrase of its state, and so needs the terminal. */
export const asksPassphrase = (
  { backend, variables }: Pick<Target, "backend" | "variables">,
  env: NodeJS.ProcessEnv,
): boolean => {
  const all = { ...env, ...variables };
  return (
    !/^https?:/.test(backend) &&
    all.PULUMI_CONFIG_PASSPHRASE === undefined &&
    all.PULUMI_CONFIG_PASSPHRASE_FILE === undefined
  );
};

/** Returns the clusters of a stack's settings. */
export const trackedClusters = (stack: string, { management, clusters }: Settings): TrackedClusters => ({
  management: {
    name: management.name,
    isKind: management.name !== existingManagementName,
    installsProviders: management.installProviders,
    kubeconfig: kubeconfigFile(stack, management.name),
  },
  workloads: clusters.map(({ name, namespace, backend, loadBalancer, application }) => ({
    ...{ name, namespace, isInMemory: backend === "inMemory", hasApplication: application },
    hasLoadBalancer: loadBalancer !== "none",
    kubeconfig: kubeconfigFile(stack, name),
  })),
});

/**
 * Opens the view of a run. Returns undefined if Pulumi needs the terminal, or if the settings cannot be read, because the
 * program then reports why.
 *
 * @param args options for Pulumi, which may limit the run to some resources
 */
export const openView = (target: Target, command: string, args: readonly string[]): RunView | undefined => {
  const { checkout, stack } = target;
  const { settings } = readStackFile(checkout, stack);
  if (settings === undefined || asksPassphrase(target, process.env)) return undefined;
  const world = {
    ...{ output: process.stdout, env: process.env, print },
    watcher: {
      open: (file: string) => openWatchedApi(target, file),
      version: (file: string) => versionOf(checkout, file),
    },
    log: openEngineLog(checkout, stack, command),
  };
  const estimate = readEstimate(checkout, identityOf(target, args));
  return new RunView(trackedClusters(stack, settings), world, estimate);
};
