import { nameOf, typeOf } from "../../../../lib/base/urn";
import { protocolServer } from "../../../../provider/plugin/protocol";
import { engineLog } from "../../../../provider/plugin/rpc";
import * as provider from "./provider";

/** What the server needs from the process around it. */
export interface Surroundings {
  version: string;
  /** Address of the engine, for its log; without one nothing is logged. */
  engine?: string;
  /** The engine asks to stop. */
  onCancel: () => void;
}

const onlyCommand = (urn: string): void => {
  const type = typeOf(urn);
  if (type !== "command:local:Command") {
    throw new Error(
      `${type} is not in Slipway's stand-in for the command plugin (source route); it has command:local:Command and command:local:run`,
    );
  }
};

/** A gRPC server with the parts of the command plugin that Slipway uses. */
export const makeServer = ({ version, engine, onCancel }: Surroundings): ReturnType<typeof protocolServer> => {
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
      // What a command made cannot be read back: the state stays as it is.
      read: (_urn, _id, state, inputs) => Promise.resolve({ state, inputs }),
      delete: (urn, state) => provider.remove(state, log(urn)),
      invoke: (token, args) => {
        if (token !== "command:local:run") throw new Error(`no function ${token} in the stand-in`);
        return provider.invokeRun(args, log(""));
      },
      cancel: onCancel,
    },
  );
};
