import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables } from "../commandLine/variables";

export const sources: CommandDefinition = {
  name: "sources",
  summary: "list every URL and image that a stack fetches",
  details:
    "The command needs neither Docker nor the tools. It downloads the manifests of the stack, because they name images. " +
    "--check asks each host for its files and images, at most four hosts at the same time, and prints missing ones last.",
  usesStack: true,
  options: [
    { flags: "--json", summary: "print the list as JSON" },
    { flags: "--check", summary: "ask each host whether it has the file or image" },
  ],
  variables: routeVariables,
  exitCodes: { 1: "failed; with --check: a file or image is missing, or a host did not answer" },
  examples: ["slipway sources", "slipway sources --check", "slipway sources --json | jq -r '.sources[].location'"],
  load: () => import("../actions/sources.ts").then(({ sources }) => sources),
};
