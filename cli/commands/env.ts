import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const env: CommandDefinition = {
  name: "env",
  summary: "print the environment for plain pulumi and kubectl",
  variables: [...routeVariables, ...stateVariables],
  examples: ['eval "$(slipway env)"  # the same as: . .slipway/env.sh'],
  load: () => import("../actions/inspect.ts").then(({ env }) => env),
};
