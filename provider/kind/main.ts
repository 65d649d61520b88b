// The plugin `kind`. Started by the engine as `pulumi-resource-kind [flags] ENGINE-ADDRESS`, it prints its port and
// serves until it is told to stop.
import { serve } from "../plugin/serve";
import { makeServer, type Plugin } from "../plugin/server";
import { clusterContainers } from "./containers/resource";
import { imageLoad } from "./imageLoad";
import { kindCluster } from "./kindCluster";
import { nodeImage } from "./nodeImage";

const plugin: Plugin = {
  name: "kind",
  version: "0.1.0",
  kinds: {
    "kind:index:KindCluster": kindCluster,
    "kind:index:ImageLoad": imageLoad,
    "kind:index:NodeImage": nodeImage,
    "kind:index:ClusterContainers": clusterContainers,
  },
};

serve((engine) => makeServer(plugin, engine));
