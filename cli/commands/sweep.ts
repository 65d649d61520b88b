import type { CommandDefinition } from "../commandLine/definition";
import { stateVariables, toolVariables } from "../commandLine/variables";

export const sweep: CommandDefinition = {
  name: "sweep",
  summary: "remove from Docker a stack whose state is lost",
  details: "Lists what belongs to the stack, asks, and removes it.",
  usesStack: true,
  options: [{ flags: "-y, --yes", summary: "remove without a question" }],
  variables: [...toolVariables, ...stateVariables],
  examples: ["slipway sweep --stack dev --yes"],
  load: () => import("../actions/destroy.ts").then(({ sweep }) => sweep),
};
