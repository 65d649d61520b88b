import type { CommandDefinition } from "../commandLine/definition";
import { pulumiVariables } from "../commandLine/variables";

export const destroy: CommandDefinition = {
  name: "destroy",
  summary: "delete everything of the stack and check that it is gone",
  usesStack: true,
  pulumi: "destroy",
  variables: [...pulumiVariables, "PULUMI_CONTINUE_ON_ERROR"],
  exitCodes: { 1: "failed, or Docker still has objects of the stack" },
  examples: ["slipway destroy", "slipway destroy --preview-only"],
  load: () => import("../actions/destroy.ts").then(({ destroy }) => destroy),
};
