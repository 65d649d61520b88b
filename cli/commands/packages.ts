import type { CommandDefinition } from "../commandLine/definition";

export const packages: CommandDefinition = {
  name: "packages",
  summary: "install the Node packages",
  details: "scripts/slipway installs the packages before each command, so this command does nothing else.",
  isHidden: true,
  examples: ["slipway packages"],
  load: () => Promise.resolve(() => Promise.resolve(0)),
};
