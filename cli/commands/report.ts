import type { CommandDefinition } from "../commandLine/definition";
import { routeVariables, stateVariables } from "../commandLine/variables";

export const report: CommandDefinition = {
  name: "report",
  summary: "write a report of the stack as an HTML file and as JSON",
  details: "up and destroy write such a report of each run. The files are in .slipway/reports and have no secrets.",
  usesStack: true,
  options: [{ flags: "--open", summary: "open the report in a browser, where a display exists" }],
  variables: [...routeVariables, "DOCKER_HOST", ...stateVariables, "DISPLAY", "WAYLAND_DISPLAY"],
  examples: ["slipway report", "slipway report --open"],
  load: () => import("../actions/writeReport.ts").then(({ report }) => report),
};
