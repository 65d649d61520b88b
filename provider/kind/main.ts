// The plugin `kind`. Started by the engine as `pulumi-resource-kind [flags] ENGINE-ADDRESS`, it prints its port and
// serves until it is told to stop.
import { clusterContainers } from "./clusterContainers";
import { imageLoad } from "./imageLoad";
import { kindCluster } from "./kindCluster";
import { nodeImage } from "./nodeImage";
import { serve } from "../serve";
import { makeServer, type Plugin } from "../server";

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
