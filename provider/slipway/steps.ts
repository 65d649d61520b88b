import { nameOf, typeOf } from "../../lib/base/urn";
import * as command from "../plugin/command";
import { engineLog } from "../plugin/rpc";
import type { Properties } from "../plugin/values";
import { packagedStepType } from "../../components/kubernetes/step";

/** The operations of resources, as Pulumi's server for providers calls them. */
export interface StepOperations {
  check: (urn: string, olds: Properties, news: Properties) => Promise<ReturnType<typeof command.check>>;
  diff: (
    id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ) => Promise<{ changes: boolean; replaces: string[] }>;
  create: (urn: string, news: Properties) => Promise<{ id: string; outs: Properties }>;
  update: (id: string, urn: string, olds: Properties, news: Properties) => Promise<{ outs: Properties }>;
  delete: (id: string, urn: string, state: Properties) => Promise<void>;
}

const requireStep = (urn: string): void => {
  const type = typeOf(urn);
  if (type !== packagedStepType)
    throw new Error(`plugin slipway: expected ${packagedStepType}, got ${type}. Install the plugin of your package.`);
};

/**
 * Returns the operations of steps, which run scripts of the package in the program's folder. A preview calls none of
 * create, update and delete.
 *
 * @param engine - address of the engine, for its log
 */
export const stepOperations = (engine: string | undefined): StepOperations => {
  const log = engineLog(engine);
  return {
    check: (urn, _olds, news) => {
      requireStep(urn);
      return Promise.resolve(command.check(news));
    },
    diff: (_id, _urn, olds, news) => {
      const { changes, replaces } = command.diff(olds, news);
      return Promise.resolve({ changes: Object.keys(changes).length > 0, replaces });
    },
    create: async (urn, news) => {
      const { id, state } = await command.create(nameOf(urn), news, false, log(urn));
      return { id, outs: state };
    },
    update: async (_id, urn, olds, news) => ({ outs: await command.update(olds, news, false, log(urn)) }),
    delete: (_id, urn, state) => command.remove(state, log(urn)),
  };
};
