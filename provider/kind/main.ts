// The plugin `kind`. The engine starts it as `pulumi-resource-kind [flags] ENGINE-ADDRESS`. It prints its port and
// serves until a signal stops it.
import { serve } from "../plugin/serve";
import { makeServer } from "../plugin/server";
import { kindPlugin } from "./package";

serve((engine) => makeServer(kindPlugin, engine));
