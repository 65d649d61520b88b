import type { CommandDefinition } from "../commandLine/definition";

export const settings: CommandDefinition = {
  name: "settings",
  summary: "print the settings: type, default, rule and example",
  details:
    "Without KEY the command prints a line for each setting. KEY is a setting such as networkSubnet, or a field of an entry " +
    "of clusters such as clusters.labels.",
  arguments: [{ name: "KEY", summary: "name of a setting; default: all settings", isOptional: true }],
  options: [{ flags: "--json", summary: "print JSON" }],
  variables: ["SLIPWAY_ROUTE"],
  examples: ["slipway settings", "slipway settings networkSubnet", "slipway settings clusters.labels"],
  load: () => import("../actions/settings.ts").then(({ settings }) => settings),
};
