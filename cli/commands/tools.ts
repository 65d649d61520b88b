import type { CommandDefinition } from "../commandLine/definition";
import { toolVariables } from "../commandLine/variables";

export const tools: CommandDefinition = {
  name: "tools",
  summary: "fetch or build the tools",
  details: "Tries the route again, makes what is missing in the cache, and points .tools at it.",
  usesStack: true,
  variables: toolVariables,
  examples: ["slipway tools", "SLIPWAY_ROUTE=source slipway tools"],
  load: () => import("../actions/tools.ts").then(({ tools }) => tools),
};
