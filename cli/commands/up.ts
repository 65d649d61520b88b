import type { CommandDefinition } from "../commandLine/definition";
import { buildDetails } from "../commandLine/details";
import { pulumiVariables } from "../commandLine/variables";

export const up: CommandDefinition = {
  name: "up",
  summary: "create the stack, or change what differs from its settings",
  details:
    "Sets up the tools, the stack and the passphrase where they are missing, then runs pulumi up. " + buildDetails,
  usesStack: true,
  pulumi: "up",
  options: [{ flags: "--engine-output", summary: "print Pulumi's own output instead of the progress of the clusters" }],
  variables: [...pulumiVariables, "PULUMI_CONTINUE_ON_ERROR"],
  examples: [
    "slipway up",
    "slipway up --engine-output",
    "slipway up --stack ha --diff",
    "slipway up -- --attach-debugger=program",
  ],
  load: () => import("../actions/up.ts").then(({ up }) => up),
};
