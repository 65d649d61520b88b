import type { CommandDefinition } from "../commandLine/definition";
import { stateVariables, toolVariables } from "../commandLine/variables";

export const sweep: CommandDefinition = {
  name: "sweep",
  summary: "remove a stack whose state is lost from Docker",
  details: "Lists the stack's objects, asks for confirmation, and removes the objects.",
  usesStack: true,
  options: [{ flags: "-y, --yes", summary: "remove without confirmation" }],
  variables: [...toolVariables, ...stateVariables],
  examples: ["slipway sweep --stack dev --yes"],
  load: () => import("../actions/destroy.ts").then(({ sweep }) => sweep),
};
