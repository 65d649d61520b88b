// The plugin `kind`. The engine starts it as `pulumi-resource-kind [flags] ENGINE-ADDRESS`. It prints its port and
// serves until a signal stops it.
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
