import type { CommandDefinition } from "../commandLine/definition";
import { pulumiVariables } from "../commandLine/variables";

export const refresh: CommandDefinition = {
  name: "refresh",
  summary: "update the state from the real resources",
  usesStack: true,
  pulumi: "refresh",
  variables: pulumiVariables,
  examples: ["slipway refresh --diff"],
  load: () => import("../actions/up.ts").then(({ refresh }) => refresh),
};
