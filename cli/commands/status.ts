import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const status: CommandDefinition = {
  name: "status",
  summary: "show containers, clusters, nodes, load balancers and the URL",
  usesStack: true,
  options: [
    { flags: "--watch", summary: "print each change until Ctrl-C; without a terminal until all clusters are ready" },
    { flags: "--json", summary: "print the status as JSON" },
  ],
  variables: [...routeVariables, "DOCKER_HOST", ...stateVariables],
  examples: ["slipway status", "slipway status --watch"],
  load: () => import("../actions/inspect.ts").then(({ status }) => status),
};
