import type { CommandDefinition } from "../commandLine/definition";
import { buildDetails } from "../commandLine/details";
import { pulumiVariables } from "../commandLine/variables";

export const preview: CommandDefinition = {
  name: "preview",
  summary: "show what up would do, object by object",
  details: buildDetails,
  usesStack: true,
  pulumi: "preview",
  variables: pulumiVariables,
  examples: ["slipway preview --diff"],
  load: () => import("../actions/inspect.ts").then(({ preview }) => preview),
};
