// The plugin `slipway`, which creates the component Lab for programs in all languages of Pulumi. The engine starts it as
// `pulumi-resource-slipway [flags] ENGINE-ADDRESS`. It prints its port and serves until a signal stops it.
import { main } from "@pulumi/pulumi/provider";
import { usePackagedSteps } from "../../components/kubernetes/step";
import { stopCommands } from "../plugin/execute";
import { endWithEngine, engineAddress } from "../plugin/serve";
import { requireKindPlugin } from "./kindPlugin";
import { constructLab, labType } from "./lab";
import { parts } from "./parts";
import { packageVersion, slipwaySchema } from "./schema";
import { stepOperations } from "./steps";
import { pathWithTools, requireTools } from "./tools";

usePackagedSteps();
endWithEngine();
process.env.PATH = pathWithTools(process.env.PATH);
void main(
  {
    version: packageVersion,
    getSchema: () => Promise.resolve(JSON.stringify(slipwaySchema())),
    ...stepOperations(engineAddress()),
    construct: async (name, type, inputs, options) => {
      requireTools();
      await requireKindPlugin(options);
      if (type === labType) return constructLab(name, inputs, options);
      const part = parts[type];
      if (part !== undefined) return part({ name, inputs, options, siblings: { parent: options.parent } });
      throw new Error(
        `plugin slipway: expected a component of the package, got ${type}. Install the plugin of your package.`,
      );
    },
    cancel: () => Promise.resolve(stopCommands()),
  },
  process.argv.slice(2),
);
