import type { CommandDefinition } from "../commandLine/definition";

export const packages: CommandDefinition = {
  name: "packages",
  summary: "install the Node packages",
  details: "scripts/slipway has installed the packages before this command starts.",
  isHidden: true,
  examples: ["slipway packages"],
  load: () => Promise.resolve(() => Promise.resolve(0)),
};
