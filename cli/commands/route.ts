import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables } from "../commandLine/variables";

export const route: CommandDefinition = {
  name: "route",
  summary: "print the route: release or source",
  variables: routeVariables,
  examples: ["slipway route"],
  load: () => import("../actions/inspect.ts").then(({ route }) => route),
};
