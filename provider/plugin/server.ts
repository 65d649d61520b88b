import type * as grpc from "@grpc/grpc-js";
import { typeOf } from "../../lib/base/urn";
import { stopCommands } from "./execute";
import { protocolServer } from "./protocol";
import { findFailures, inputChanges, pick, type ResourceKind, keepMark, keepProblem } from "./resourceKind";
import { engineLog } from "./rpc";
import { reveal, unknown, type Properties } from "./values";

/** A plugin: its types by token. */
export interface Plugin {
  name: string;
  version: string;
  kinds: Readonly<Record<string, ResourceKind>>;
}

const own = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(reveal(properties) as Properties).filter(([key, value]) => !key.startsWith("__") && value !== null),
  );

/** A gRPC server that speaks Pulumi's provider protocol for a plugin. */
export const makeServer = (plugin: Plugin, engine?: string): grpc.Server => {
  const { name, version } = plugin;
  const log = engineLog(engine);
  const kindOf = (urn: string): ResourceKind => {
    const kind = plugin.kinds[typeOf(urn)];
    if (!kind) throw new Error(`the plugin ${name} has no type ${typeOf(urn)}`);
    return kind;
  };
  /** What to do instead of replacing a resource, by its URN: said when its inputs are checked, used when they differ. */
  const kept = new Map<string, string>();
  return protocolServer(
    // Read before each preview and up: what hands did to it shows without a refresh.
    { name, version, refreshBeforeUpdate: true },
    {
      check: (urn, raw) => {
        const mark = raw[keepMark];
        if (typeof mark === "string") kept.set(urn, mark);
        else kept.delete(urn);
        const inputs = own(raw);
        return { inputs, failures: findFailures(kindOf(urn), inputs) };
      },
      diff: (urn, { state }, raw) => {
        const kind = kindOf(urn);
        // The state holds the inputs too, as last read: a later hand shows as a change.
        const [old, news] = [own(state), own(raw)];
        const difference = (kind.diff ?? ((a, b) => inputChanges(kind, a, b)))(old, news);
        const instead = kept.get(urn);
        const problem = instead === undefined ? undefined : keepProblem(instead, difference, old, news);
        if (problem !== undefined) throw new Error(problem);
        return difference;
      },
      outputs: (urn) => kindOf(urn).outputs,
      create: async (urn, raw, preview) => {
        const kind = kindOf(urn);
        const news = own(raw);
        if (!preview) return kind.create(news, log(urn));
        const pending = Object.fromEntries(kind.outputs.map((key) => [key, unknown]));
        return { state: { ...news, ...pending } };
      },
      update: async (urn, rawOld, rawNews, preview) => {
        const kind = kindOf(urn);
        const [old, news] = [own(rawOld), own(rawNews)];
        // In place means the same thing: what reads its outputs is not changed by it.
        return preview ? { ...pick(old, kind.outputs), ...news } : kind.update(old, news, log(urn));
      },
      read: async (urn, id, raw) => {
        const kind = kindOf(urn);
        const state = await kind.read(id, own(raw));
        return state === undefined ? {} : { state, inputs: pick(state, Object.keys(kind.inputs)) };
      },
      delete: async (urn, state) => {
        await kindOf(urn).remove?.(own(state), log(urn));
      },
      cancel: () => stopCommands(),
    },
  );
};
