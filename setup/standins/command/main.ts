// Stand-in for Pulumi's command plugin on the source route; see docs/setup.md. Started by the engine as
// `pulumi-resource-command [flags] ENGINE-ADDRESS`, it prints its port and serves until it is told to stop.
import * as grpc from "@grpc/grpc-js";
import { pins } from "../../pins";
import { runningCommands, stopCommands } from "../../../provider/execute";
import { makeServer } from "./server";

const parent = process.ppid;

/** Ends after the commands have ended, or after the time they are given to do so. */
const leave = (): void => {
  stopCommands(3000);
  const deadline = Date.now() + 3500;
  setInterval(() => {
    if (runningCommands() === 0 || Date.now() > deadline) process.exit(0);
  }, 50);
};

process.on("SIGINT", leave);
process.on("SIGTERM", leave);
// A killed engine sends no signal: notice that the process has a new parent.
setInterval(() => {
  if (process.ppid !== parent) leave();
}, 1000).unref();

const last = process.argv.at(-1);
const engine = process.argv.length > 2 && last !== undefined && !last.startsWith("-") ? last : undefined;
const server = makeServer({
  version: pins.pulumi.plugins.command,
  onCancel: () => stopCommands(),
  ...(engine ? { engine } : {}),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`); // the engine waits for this line
});
