import type { CommandDefinition } from "../commandLine/definition";
import { stateVariables, toolVariables } from "../commandLine/variables";

export const stop: CommandDefinition = {
  name: "stop",
  summary: "stop the stack's containers, and keep everything in them",
  details:
    "Stops workers, control planes one after the other, load balancers, and then the management cluster. " +
    "Drains no node, and gives each container 60 seconds. start continues the stack.",
  usesStack: true,
  variables: [...toolVariables, ...stateVariables],
  examples: ["slipway stop", "slipway stop --stack ha"],
  load: () => import("../actions/pause.ts").then(({ stop }) => stop),
};
