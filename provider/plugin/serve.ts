import * as grpc from "@grpc/grpc-js";
import { runningCommands, stopCommands } from "./execute";

/** Exits after the commands have ended, or after 3.5 s. */
const leave = (): void => {
  stopCommands(3000);
  const deadline = Date.now() + 3500;
  setInterval(() => {
    if (runningCommands() === 0 || Date.now() > deadline) process.exit(0);
  }, 50);
};

/**
 * Serves a plugin as the engine starts it: `PLUGIN [flags] ENGINE-ADDRESS`. Prints the port to standard output, and
 * serves until a signal arrives or the engine ends.
 *
 * @param makeServer - gets the engine's address, if the command line has one
 */
export const serve = (makeServer: (engine?: string) => grpc.Server): void => {
  const parent = process.ppid;
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  // A killed engine sends no signal, so detect that the process has a new parent.
  setInterval(() => {
    if (process.ppid !== parent) leave();
  }, 1000).unref();
  const last = process.argv.at(-1);
  const engine = process.argv.length > 2 && last !== undefined && !last.startsWith("-") ? last : undefined;
  makeServer(engine).bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`); // the engine waits for this line
  });
};
