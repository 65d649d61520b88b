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

/** Ends this process after a signal, and after the end of the engine. A killed engine sends no signal. */
export const endWithEngine = (): void => {
  const parent = process.ppid;
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  setInterval(() => {
    if (process.ppid !== parent) leave();
  }, 1000).unref();
};

/** Returns the address of the engine in the command line `PLUGIN [flags] ENGINE-ADDRESS`; undefined without one. */
export const engineAddress = (): string | undefined => {
  const last = process.argv.at(-1);
  return process.argv.length > 2 && last !== undefined && !last.startsWith("-") ? last : undefined;
};

/**
 * Serves a plugin as the engine starts it: `PLUGIN [flags] ENGINE-ADDRESS`. Prints the port to standard output, and
 * serves until a signal arrives or the engine ends.
 *
 * @param makeServer - gets the engine's address, if the command line has one
 */
export const serve = (makeServer: (engine?: string) => grpc.Server): void => {
  endWithEngine();
  makeServer(engineAddress()).bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`); // the engine waits for this line
  });
};
