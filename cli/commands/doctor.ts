import type { CommandDefinition } from "../commandLine/definition";
import { stateVariables, toolVariables } from "../commandLine/variables";

export const doctor: CommandDefinition = {
  name: "doctor",
  summary: "check the machine and the settings, and print remedies",
  usesStack: true,
  options: [{ flags: "--json", summary: "print the checks as JSON" }],
  variables: [...toolVariables, ...stateVariables, "DOCKER_CONFIG"],
  exitCodes: { 1: "failed, or a check says that up would fail" },
  examples: ["slipway doctor", "slipway doctor --json | jq '.[] | select(.status == \"fail\")'"],
  load: () => import("../actions/inspect.ts").then(({ doctor }) => doctor),
};
