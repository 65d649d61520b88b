import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { messageOf } from "../../lib/base/errors";
import type { Log } from "./execute";
import type { Properties } from "./values";

/** Manifests may be larger than gRPC's default limit of 4 MiB. */
export const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** An invalid property and the reason. */
export interface Failure {
  /** Path of the property, such as `nodes[0].role`. */
  property: string;
  reason: string;
}

/** Change of a property, as the engine counts it. */
export type Change = "add" | "delete" | "update";

/** The difference between the old and the new properties. */
export interface Difference {
  changes: Record<string, Change>;
  replaces: string[];
  /** Whether a replacement deletes the old resource first, as two of the same name cannot exist. @default false */
  deletesFirst?: boolean;
}

export const plain = (struct: Struct | undefined): Properties => (struct ? struct.toJavaScript() : {});
export const struct = (properties: Properties): Struct => Struct.fromJavaScript(properties);

/** Converts failures to the engine's format. The engine shows the value of a property, but not of a path inside it. */
export const toFailures = (failures: Failure[]): proto.CheckFailure[] =>
  failures.map(({ property, reason }) =>
    /[.[]/.test(property)
      ? new proto.CheckFailure().setReason(`${property}: ${reason}`)
      : new proto.CheckFailure().setProperty(property).setReason(reason),
  );

/** Answers requests of one type. A thrown error becomes the text that Pulumi shows at the resource. */
export const unary =
  <Request, Response>(answer: (request: Request) => Response | Promise<Response>) =>
  (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>): void => {
    void Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => done(null, response),
        (error: unknown) => done({ code: grpc.status.UNKNOWN, details: messageOf(error) }),
      );
  };

/**
 * Shows lines in the engine's progress display, as a status and not as a lasting message. The published command plugin
 * does the same.
 */
export const engineLog = (engine: string | undefined): ((urn: string) => Log) => {
  if (!engine) return () => () => undefined;
  const client = new EngineClient(engine, grpc.credentials.createInsecure(), unlimited);
  let last = Promise.resolve(); // diff at a time, so that lines keep their order
  return (urn) => (line) => {
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(line).setUrn(urn).setEphemeral(true);
    // A lost progress line does no harm.
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

/** Converts a difference to the engine's format. */
export const toDiff = (difference: Difference, outputs: readonly string[] = []): proto.DiffResponse => {
  const { changes, replaces, deletesFirst = false } = difference;
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(Object.keys(changes).length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(Object.keys(changes))
    .setReplacesList(replaces)
    .setDeletebeforereplace(deletesFirst)
    .setHasdetaileddiff(true);
  for (const [key, change] of Object.entries(changes)) {
    const kind = kinds[replaces.includes(key) ? "replace" : "plain"][change];
    const diff = new proto.PropertyDiff().setKind(kind).setInputdiff(!outputs.includes(key));
    response.getDetaileddiffMap().set(key, diff);
  }
  return response;
};
