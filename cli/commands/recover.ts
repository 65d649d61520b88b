import type { CommandDefinition } from "../commandLine/definition";
import { stateVariables, toolVariables } from "../commandLine/variables";

export const recover: CommandDefinition = {
  name: "recover",
  summary: "repair the state after an interrupted run",
  details: "Ends the processes of the run and clears its pending operations. up and destroy do the same automatically.",
  usesStack: true,
  variables: [...toolVariables, ...stateVariables],
  examples: ["slipway recover"],
  load: () => import("../actions/destroy.ts").then(({ recover }) => recover),
};
