import type { CommandDefinition } from "../commandLine/definition";
import { toolVariables } from "../commandLine/variables";

export const tools: CommandDefinition = {
  name: "tools",
  summary: "fetch or build the tools",
  details: "Detects the route again, adds missing tools to the cache, and links .tools to them.",
  usesStack: true,
  variables: toolVariables,
  examples: ["slipway tools", "SLIPWAY_ROUTE=source slipway tools"],
  load: () => import("../actions/tools.ts").then(({ tools }) => tools),
};
