import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const kubeconfig: CommandDefinition = {
  name: "kubeconfig",
  summary: "print kubeconfigs, or merge them into your own",
  details:
    "Without CLUSTER: all clusters of the stack in one kubeconfig, the management cluster included. " +
    "A merge writes context, cluster and user slipway-STACK-CLUSTER. destroy removes these entries.",
  arguments: [
    {
      name: "CLUSTER",
      summary: "name of a cluster; default: all of the stack",
      isOptional: true,
      completes: "clusters",
    },
  ],
  usesStack: true,
  options: [
    { flags: "--merge", summary: "write into your kubeconfig and make the context current" },
    { flags: "--remove", summary: "remove the entries of --merge and restore the current context" },
  ],
  variables: ["KUBECONFIG", ...routeVariables, ...stateVariables],
  examples: ["slipway kubeconfig capd > capd.yaml", "slipway kubeconfig --merge", "slipway kubeconfig --remove"],
  load: () => import("../actions/kubeconfig.ts").then(({ kubeconfig }) => kubeconfig),
};
