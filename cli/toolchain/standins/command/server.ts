import { nameOf, typeOf } from "../../../../lib/base/urn";
import * as provider from "../../../../provider/plugin/command";
import { protocolServer } from "../../../../provider/plugin/protocol";
import { engineLog } from "../../../../provider/plugin/rpc";

/** Options of the server. */
export interface ServerOptions {
  version: string;
  /** Address of the engine, for its log. Default: no log. */
  engine?: string;
  /** Called when the engine cancels. */
  onCancel: () => void;
}

const onlyCommand = (urn: string): void => {
  const type = typeOf(urn);
  if (type !== "command:local:Command") {
    throw new Error(
      `${type}: expected command:local:Command or command:local:run, which Slipway's stand-in for the command plugin has (source route)`,
    );
  }
};

/** Creates a gRPC server with the parts of the command plugin that Slipway uses. */
export const makeServer = ({ version, engine, onCancel }: ServerOptions): ReturnType<typeof protocolServer> => {
  const log = engineLog(engine);
  return protocolServer(
    { name: "command", version, acceptSecrets: true },
    {
      check: (urn, news) => {
        onlyCommand(urn);
        return provider.check(news);
      },
      diff: (_urn, { inputs }, news) => provider.diff(inputs, news),
      create: (urn, news, preview) => provider.create(nameOf(urn), news, preview, log(urn)),
      update: (urn, olds, news, preview) => provider.update(olds, news, preview, log(urn)),
      // The results of a command cannot be read, so the state does not change.
      read: (_urn, _id, state, inputs) => Promise.resolve({ state, inputs }),
      delete: (urn, state) => provider.remove(state, log(urn)),
      invoke: (token, args) => {
        if (token !== "command:local:run") {
          throw new Error(
            `function: expected command:local:run, the only function of Slipway's stand-in for the command plugin (source route), got ${token}. ` +
              "Call command:local:run, or install Pulumi's plugin with SLIPWAY_ROUTE=release make tools.",
          );
        }
        return provider.invokeRun(args, log(""));
      },
      cancel: onCancel,
    },
  );
};
