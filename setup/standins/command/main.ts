// Stand-in for Pulumi's command plugin on the source route; see docs/setup.md. Started by the engine as
// `pulumi-resource-command [flags] ENGINE-ADDRESS`, it prints its port and serves until it is told to stop.
import { stopCommands } from "../../../provider/execute";
import { serve } from "../../../provider/serve";
import { pins } from "../../pins";
import { makeServer } from "./server";

serve((engine) =>
  makeServer({
    version: pins.pulumi.plugins.command,
    onCancel: () => stopCommands(),
    ...(engine ? { engine } : {}),
  }),
);
