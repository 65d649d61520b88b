import type { CommandDefinition } from "../commandLine/definition";
import { buildDetails } from "../commandLine/details";
import { pulumiVariables } from "../commandLine/variables";

export const plan: CommandDefinition = {
  name: "plan",
  summary: "show what up would do to each cluster, and why",
  details: buildDetails,
  usesStack: true,
  options: [{ flags: "--json", summary: "print the plan as JSON" }],
  pulumi: "plan",
  variables: pulumiVariables,
  exitCodes: {
    0: "nothing changes",
    2: "something changes; also for wrong use, without output",
    3: "something is replaced or destroyed",
  },
  examples: ["slipway plan", "slipway plan --json | jq '.parts[].change'"],
  load: () => import("../actions/inspect.ts").then(({ plan }) => plan),
};
