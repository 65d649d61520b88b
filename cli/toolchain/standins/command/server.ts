import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { nameOf, typeOf } from "../../../../lib/base/urn";
import { engineLog, plain, struct, toDiff, toFailures, unary, unlimited } from "../../../../provider/plugin/rpc";
import * as provider from "./provider";

/** What the server needs from the process around it. */
export interface Surroundings {
  version: string;
  /** Address of the engine, for its log; without one nothing is logged. */
  engine?: string;
  /** The engine asks to stop. */
  onCancel: () => void;
}

const answerDiff = (request: proto.DiffRequest): proto.DiffResponse => {
  const old = request.getOldInputs() ?? request.getOlds();
  return toDiff(provider.diff(plain(old), plain(request.getNews())));
};

const onlyCommand = (urn: string): void => {
  const type = typeOf(urn);
  if (type !== "command:local:Command") {
    throw new Error(
      `${type} is not in Slipway's stand-in for the command plugin (source route); it has command:local:Command and command:local:run`,
    );
  }
};

/** A gRPC server with the parts of the command plugin that Slipway uses. */
export const makeServer = ({ version, engine, onCancel }: Surroundings): grpc.Server => {
  const log = engineLog(engine);
  const server = new grpc.Server(unlimited);
  server.addService(ResourceProviderService, {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version }))),
    checkConfig: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() => new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: unary((request: proto.CheckRequest) => {
      onlyCommand(request.getUrn());
      const { inputs, failures } = provider.check(plain(request.getNews()));
      return new proto.CheckResponse().setInputs(struct(inputs)).setFailuresList(toFailures(failures));
    }),
    diff: unary(answerDiff),
    create: unary(async (request: proto.CreateRequest) => {
      const urn = request.getUrn();
      const { id, state } = await provider.create(
        nameOf(urn),
        plain(request.getProperties()),
        request.getPreview(),
        log(urn),
      );
      return new proto.CreateResponse().setId(id).setProperties(struct(state));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const [olds, news] = [plain(request.getOlds()), plain(request.getNews())];
      const state = await provider.update(olds, news, request.getPreview(), log(request.getUrn()));
      return new proto.UpdateResponse().setProperties(struct(state));
    }),
    // What a command made cannot be read back: the state stays as it is.
    read: unary((request: proto.ReadRequest) =>
      new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs()),
    ),
    delete: unary(async (request: proto.DeleteRequest) => {
      await provider.remove(plain(request.getProperties()), log(request.getUrn()));
      return new Empty();
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
      if (request.getTok() !== "command:local:run") throw new Error(`no function ${request.getTok()} in the stand-in`);
      const { result, failures } = await provider.invokeRun(plain(request.getArgs()), log(""));
      return new proto.InvokeResponse().setReturn(struct(result)).setFailuresList(toFailures(failures));
    }),
    cancel: unary(() => {
      onCancel();
      return new Empty();
    }),
  });
  return server;
};
