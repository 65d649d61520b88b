import type * as grpc from "@grpc/grpc-js";
import { typeOf } from "../../lib/base/urn";
import { stopCommands } from "./execute";
import { protocolServer } from "./protocol";
import { findFailures, inputChanges, pick, type ResourceKind, keepMark, keepProblem } from "./resourceKind";
import { engineLog } from "./rpc";
import { reveal, unknown, type Properties } from "./values";

/** Returns the token of the function by which other plugins of the package ask a plugin for its version. */
export const versionToken = (plugin: string): string => `${plugin}:index:getVersion`;

/** A plugin with its resource types by token. */
export interface Plugin {
  name: string;
  version: string;
  kinds: Readonly<Record<string, ResourceKind>>;
  /** Returns the Pulumi schema of the plugin's package. */
  schema?: () => object;
}

const plainOf = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(reveal(properties) as Properties).filter(([key, value]) => !key.startsWith("__") && value !== null),
  );

const outputsOf = ({ declaration }: ResourceKind): string[] => Object.keys(declaration.outputs);

/** Creates a gRPC server that speaks Pulumi's provider protocol for a plugin. */
export const makeServer = (plugin: Plugin, engine?: string): grpc.Server => {
  const { name, version, schema } = plugin;
  const log = engineLog(engine);
  const kindOf = (urn: string): ResourceKind => {
    const kind = plugin.kinds[typeOf(urn)];
    if (!kind)
      throw new Error(`plugin ${name}: expected a resource type of the plugin, got ${typeOf(urn)}. Run make tools.`);
    return kind;
  };
  /** Advice for protected resources by URN. `check` stores it and `diff` uses it. */
  const adviceByUrn = new Map<string, string>();
  return protocolServer(
    // Read before each preview and up, so that manual changes show without a refresh.
    { name, version, ...(schema && { schema }), refreshBeforeUpdate: true },
    {
      check: (urn, raw) => {
        const mark = raw[keepMark];
        if (typeof mark === "string") adviceByUrn.set(urn, mark);
        else adviceByUrn.delete(urn);
        const inputs = plainOf(raw);
        return { inputs, failures: findFailures(kindOf(urn), inputs) };
      },
      diff: (urn, { state }, raw) => {
        const kind = kindOf(urn);
        // The state also holds the inputs as last read, so a later manual change shows as a difference.
        const [old, news] = [plainOf(state), plainOf(raw)];
        const difference = (kind.diff ?? ((a, b) => inputChanges(kind.declaration.inputs, a, b)))(old, news);
        const advice = adviceByUrn.get(urn);
        const problem = advice === undefined ? undefined : keepProblem(advice, difference, old, news);
        if (problem !== undefined) throw new Error(problem);
        return kind.deletesFirst ? { ...difference, deletesFirst: true } : difference;
      },
      outputs: (urn) => outputsOf(kindOf(urn)),
      create: async (urn, raw, preview) => {
        const kind = kindOf(urn);
        const news = plainOf(raw);
        if (!preview) return kind.create(news, log(urn));
        const pending = Object.fromEntries(outputsOf(kind).map((key) => [key, unknown]));
        return { state: { ...news, ...pending } };
      },
      update: async (urn, rawOld, rawNews, preview) => {
        const kind = kindOf(urn);
        const [old, news] = [plainOf(rawOld), plainOf(rawNews)];
        // An update in place keeps the outputs: resources that read them do not change.
        return preview ? { ...pick(old, outputsOf(kind)), ...news } : kind.update(old, news, log(urn));
      },
      read: async (urn, id, raw) => {
        const kind = kindOf(urn);
        const state = await kind.read(id, plainOf(raw));
        return state === undefined ? {} : { state, inputs: pick(state, Object.keys(kind.declaration.inputs)) };
      },
      delete: async (urn, state) => {
        await kindOf(urn).remove?.(plainOf(state), log(urn));
      },
      invoke: (token) =>
        token === versionToken(name)
          ? Promise.resolve({ result: { version }, failures: [] })
          : Promise.reject(new Error(`the plugin ${name} has no function ${token}`)),
      cancel: () => stopCommands(),
    },
  );
};
