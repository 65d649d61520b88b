import { type ChildProcess, spawn } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";

/** Starts a plugin's program, and connects a client to the port that the program prints. */
export const startPlugin = async (
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<{ client: ResourceProviderClient; close: () => void }> => {
  const child: ChildProcess = spawn(program, [], { env, stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout!.once("data", (text: Buffer) => resolve(text.toString().trim()));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code} before it printed a port`)));
  });
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  return {
    client,
    close: () => {
      client.close();
      child.kill("SIGKILL");
    },
  };
};
