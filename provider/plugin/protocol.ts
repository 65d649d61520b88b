import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Difference, type Failure, plain, struct, toDiff, toFailures, unary, unlimited } from "./rpc";
import type { Properties } from "./values";

/** Checked properties. */
export interface Checked {
  inputs: Properties;
  failures: Failure[];
}

/** Operations of a plugin on a resource, in plain data. */
export interface Operations {
  check: (urn: string, news: Properties) => Checked;
  /** `inputs` are the old inputs if the engine sends them, else the old state. */
  diff: (urn: string, old: { state: Properties; inputs: Properties }, news: Properties) => Difference;
  /** Properties that count as outputs in a difference; default: none. */
  outputs?: (urn: string) => readonly string[];
  create: (urn: string, news: Properties, preview: boolean) => Promise<{ id?: string; state: Properties }>;
  update: (urn: string, old: Properties, news: Properties, preview: boolean) => Promise<Properties>;
  /** Returns an empty object for a resource that does not exist. The parameter `inputs` has the inputs of the state. */
  read: (
    urn: string,
    id: string,
    state: Properties,
    inputs: Properties,
  ) => Promise<Partial<Checked> & { state?: Properties }>;
  delete: (urn: string, state: Properties) => Promise<void>;
  invoke?: (token: string, args: Properties) => Promise<{ result: Properties; failures: Failure[] }>;
  cancel: () => void;
}

/** A plugin as the engine sees it. */
export interface PluginDescription {
  name: string;
  version: string;
  /** Returns the Pulumi schema of the package, from which SDKs are generated; default: the name and the version only. */
  schema?: () => object;
  /** Whether the plugin keeps secrets marked; default: false. */
  acceptSecrets?: boolean;
  /** Whether the engine reads resources before each preview and update; default: false. */
  refreshBeforeUpdate?: boolean;
}

/** Creates a gRPC server that speaks Pulumi's provider protocol. */
export const protocolServer = (description: PluginDescription, operations: Operations): grpc.Server => {
  const { name, version, acceptSecrets = false, refreshBeforeUpdate = false } = description;
  const { schema = () => ({ name, version }) } = description;
  const server = new grpc.Server(unlimited);
  server.addService(ResourceProviderService, {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema(JSON.stringify(schema()))),
    checkConfig: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() => new proto.ConfigureResponse().setAcceptsecrets(acceptSecrets).setSupportspreview(true)),
    check: unary((request: proto.CheckRequest) => {
      const { inputs, failures } = operations.check(request.getUrn(), plain(request.getNews()));
      return new proto.CheckResponse().setInputs(struct(inputs)).setFailuresList(toFailures(failures));
    }),
    diff: unary((request: proto.DiffRequest) => {
      const urn = request.getUrn();
      const state = plain(request.getOlds());
      const oldInputs = request.getOldInputs();
      const old = { state, inputs: oldInputs ? plain(oldInputs) : state };
      return toDiff(operations.diff(urn, old, plain(request.getNews())), operations.outputs?.(urn));
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const { id, state } = await operations.create(
        request.getUrn(),
        plain(request.getProperties()),
        request.getPreview(),
      );
      const response = new proto.CreateResponse().setProperties(struct(state));
      if (refreshBeforeUpdate) response.setRefreshBeforeUpdate(true);
      return id === undefined ? response : response.setId(id);
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const [old, news] = [plain(request.getOlds()), plain(request.getNews())];
      const state = await operations.update(request.getUrn(), old, news, request.getPreview());
      const response = new proto.UpdateResponse().setProperties(struct(state));
      return refreshBeforeUpdate ? response.setRefreshBeforeUpdate(true) : response;
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const [state, inputs] = [plain(request.getProperties()), plain(request.getInputs())];
      const resource = await operations.read(request.getUrn(), request.getId(), state, inputs);
      if (resource.state === undefined) return new proto.ReadResponse();
      const response = new proto.ReadResponse().setId(request.getId()).setProperties(struct(resource.state));
      if (refreshBeforeUpdate) response.setRefreshBeforeUpdate(true);
      return response.setInputs(struct(resource.inputs ?? {}));
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      await operations.delete(request.getUrn(), plain(request.getProperties()));
      return new Empty();
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
      const token = request.getTok();
      if (operations.invoke === undefined) throw new Error(`the plugin ${name} has no function ${token}`);
      const { result, failures } = await operations.invoke(token, plain(request.getArgs()));
      return new proto.InvokeResponse().setReturn(struct(result)).setFailuresList(toFailures(failures));
    }),
    cancel: unary(() => {
      operations.cancel();
      return new Empty();
    }),
  });
  return server;
};
