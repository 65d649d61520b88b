// Stand-in for Pulumi's command plugin on the source route; see docs/guides/closed-networks.md. Started by the engine as
// `pulumi-resource-command [flags] ENGINE-ADDRESS`, it prints its port and serves until it is told to stop.
import { pins } from "../../../../lib/versions/pins";
import { stopCommands } from "../../../../provider/plugin/execute";
import { serve } from "../../../../provider/plugin/serve";
import { makeServer } from "./server";

serve((engine) =>
  makeServer({
    version: pins.pulumi.plugins.command,
    onCancel: () => stopCommands(),
    ...(engine ? { engine } : {}),
  }),
);
