import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const kubectl: CommandDefinition = {
  name: "kubectl",
  summary: "run kubectl on a cluster of the stack",
  details: "Uses kubectl of .tools and the kubeconfig that up wrote.",
  arguments: [{ name: "CLUSTER", summary: "name of a cluster, as up prints it", completes: "clusters" }],
  usesStack: true,
  passesThrough: true,
  variables: [...routeVariables, ...stateVariables],
  exitCodes: { 1: "failed; all other exit codes are those of kubectl" },
  examples: ["slipway kubectl capd get pods -A", "slipway kubectl --stack fleet east apply -f - < app.yaml"],
  load: () => import("../actions/kubeconfig.ts").then(({ kubectl }) => kubectl),
};
