import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { typeOf } from "../../lib/base/urn";
import { stopCommands } from "./execute";
import { findFailures, inputChanges, pick, type ResourceKind, keepMark, keepProblem } from "./resourceKind";
import { engineLog, plain, struct, toDiff, toFailures, unary, unlimited } from "./rpc";
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
  const server = new grpc.Server(unlimited);
  server.addService(ResourceProviderService, {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema(JSON.stringify({ name, version }))),
    checkConfig: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() => new proto.ConfigureResponse().setSupportspreview(true)),
    check: unary((request: proto.CheckRequest) => {
      const raw = plain(request.getNews());
      const mark = raw[keepMark];
      if (typeof mark === "string") kept.set(request.getUrn(), mark);
      else kept.delete(request.getUrn());
      const news = own(raw);
      const failures = findFailures(kindOf(request.getUrn()), news);
      return new proto.CheckResponse().setInputs(struct(news)).setFailuresList(toFailures(failures));
    }),
    diff: unary((request: proto.DiffRequest) => {
      const kind = kindOf(request.getUrn());
      // The state holds the inputs too, as last read: a later hand shows as a change.
      const [old, news] = [own(plain(request.getOlds())), own(plain(request.getNews()))];
      const difference = (kind.diff ?? ((a, b) => inputChanges(kind, a, b)))(old, news);
      const instead = kept.get(request.getUrn());
      const problem = instead === undefined ? undefined : keepProblem(instead, difference, old, news);
      if (problem !== undefined) throw new Error(problem);
      return toDiff(difference, kind.outputs);
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const kind = kindOf(request.getUrn());
      const news = own(plain(request.getProperties()));
      // Read before each preview and up: what hands did to it shows without a refresh.
      const response = new proto.CreateResponse().setRefreshBeforeUpdate(true);
      if (request.getPreview()) {
        const pending = Object.fromEntries(kind.outputs.map((key) => [key, unknown]));
        return response.setProperties(struct({ ...news, ...pending }));
      }
      const { id, state } = await kind.create(news, log(request.getUrn()));
      return response.setId(id).setProperties(struct(state));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const kind = kindOf(request.getUrn());
      const [old, news] = [own(plain(request.getOlds())), own(plain(request.getNews()))];
      // In place means the same thing: what reads its outputs is not changed by it.
      const state = request.getPreview()
        ? { ...pick(old, kind.outputs), ...news }
        : await kind.update(old, news, log(request.getUrn()));
      return new proto.UpdateResponse().setRefreshBeforeUpdate(true).setProperties(struct(state));
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const kind = kindOf(request.getUrn());
      const state = await kind.read(request.getId(), own(plain(request.getProperties())));
      if (state === undefined) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(request.getId())
        .setRefreshBeforeUpdate(true)
        .setProperties(struct(state))
        .setInputs(struct(pick(state, Object.keys(kind.inputs))));
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      await kindOf(request.getUrn()).remove?.(own(plain(request.getProperties())), log(request.getUrn()));
      return new Empty();
    }),
    cancel: unary(() => {
      stopCommands();
      return new Empty();
    }),
  });
  return server;
};
