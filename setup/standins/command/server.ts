import * as grpc from "@grpc/grpc-js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Say } from "./execute";
import type { Failure } from "./inputs";
import * as provider from "./provider";
import type { Properties } from "./values";

const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** What the server needs from the process around it. */
export interface Surroundings {
  version: string;
  /** Address of the engine, for its log; without one nothing is logged. */
  engine?: string;
  /** The engine asks to stop. */
  onCancel: () => void;
}

const plain = (struct: Struct | undefined): Properties => (struct ? struct.toJavaScript() : {});
const struct = (properties: Properties): Struct => Struct.fromJavaScript(properties);

const toFailures = (failures: Failure[]): proto.CheckFailure[] =>
  failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason));

/** Answers one kind of request; a thrown error becomes the text that Pulumi shows at the resource. */
const unary =
  <Request, Response>(answer: (request: Request) => Response | Promise<Response>) =>
  (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>): void => {
    void Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => done(null, response),
        (error: unknown) =>
          done({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
      );
  };

/** Shows lines in the engine's progress display, as the published plugin does: a status, not a lasting message. */
const engineLog = (engine: string | undefined): ((urn: string) => Say) => {
  if (!engine) return () => () => undefined;
  const client = new EngineClient(engine, grpc.credentials.createInsecure(), unlimited);
  let last = Promise.resolve(); // one after the other, else lines overtake each other
  return (urn) => (line) => {
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(line).setUrn(urn).setEphemeral(true);
    // A lost line of progress harms nobody.
    last = last.then(() => new Promise((resolve) => client.log(request, () => resolve())));
  };
};

const kinds = {
  plain: {
    add: proto.PropertyDiff.Kind.ADD,
    delete: proto.PropertyDiff.Kind.DELETE,
    update: proto.PropertyDiff.Kind.UPDATE,
  },
  replace: {
    add: proto.PropertyDiff.Kind.ADD_REPLACE,
    delete: proto.PropertyDiff.Kind.DELETE_REPLACE,
    update: proto.PropertyDiff.Kind.UPDATE_REPLACE,
  },
};

const answerDiff = (request: proto.DiffRequest): proto.DiffResponse => {
  const old = request.getOldInputs() ?? request.getOlds();
  const { changes, replaces } = provider.diff(plain(old), plain(request.getNews()));
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(Object.keys(changes).length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(Object.keys(changes))
    .setReplacesList(replaces)
    .setHasdetaileddiff(true);
  for (const [key, change] of Object.entries(changes)) {
    const kind = kinds[replaces.includes(key) ? "replace" : "plain"][change];
    response.getDetaileddiffMap().set(key, new proto.PropertyDiff().setKind(kind).setInputdiff(true));
  }
  return response;
};

const onlyCommand = (urn: string): void => {
  const type = urn.split("::")[2]?.split("$").pop();
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
      const name = urn.split("::").slice(3).join("::");
      const { id, state } = await provider.create(name, plain(request.getProperties()), request.getPreview(), log(urn));
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
