// Stand-in for Pulumi's command plugin on the source route; see docs/guides/closed-networks.md. The engine starts
// `pulumi-resource-command [flags] ENGINE-ADDRESS`. The stand-in prints its port and serves until the engine stops it.
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
