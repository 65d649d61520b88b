import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const outputs: CommandDefinition = {
  name: "outputs",
  summary: "print the outputs of the stack",
  usesStack: true,
  options: [
    { flags: "--show-secrets", summary: "print secrets too; the kubeconfigs are secrets" },
    { flags: "--json", summary: "print the outputs as JSON: docs/reference/outputs.schema.json" },
  ],
  variables: [...routeVariables, ...stateVariables],
  examples: ["slipway outputs", "slipway outputs --json | jq -r .outputs.url"],
  load: () => import("../actions/outputs.ts").then(({ outputs }) => outputs),
};
