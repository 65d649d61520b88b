import type { CommandDefinition } from "../commandLine/definition";
import { stateVariables, toolVariables } from "../commandLine/variables";

export const start: CommandDefinition = {
  name: "start",
  summary: "start a stopped stack again, with the same addresses",
  details:
    "Starts the containers in the reverse order of stop, and waits for API servers, nodes, pods and the page. " +
    "Starts nothing if a container is gone, an address or a port is taken, or the network was changed.",
  usesStack: true,
  variables: [...toolVariables, "SLIPWAY_TIMEOUT", ...stateVariables],
  exitCodes: { 1: "refused, or a condition was not true in time" },
  examples: ["slipway start", "slipway start --stack ha"],
  load: () => import("../actions/pause.ts").then(({ start }) => start),
};
