import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const support: CommandDefinition = {
  name: "support",
  summary: "collect diagnosis without secrets in one archive",
  usesStack: true,
  variables: [...routeVariables, "DOCKER_HOST", ...stateVariables],
  examples: ["slipway support"],
  load: () => import("../actions/inspect.ts").then(({ support }) => support),
};
