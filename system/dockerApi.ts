import { request } from "node:http";
import { Duplex } from "node:stream";
import { start } from "./exec";

/** Status and text of an answer of Docker's API. */
export interface DockerAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks the API of the Docker that the docker command uses, whatever its context or DOCKER_HOST is.
 *
 * @param timeout in milliseconds
 * @throws if Docker does not answer in time
 */
export const askDockerApi = (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  timeout = 30_000,
): Promise<DockerAnswer> =>
  new Promise((resolve, reject) => {
    const child = start("docker", ["system", "dial-stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    const end = (error?: Error): void => {
      clearTimeout(timer);
      child.kill();
      if (error) reject(error);
    };
    const timer = setTimeout(() => end(new Error(`no answer within ${timeout / 1000} s`)), timeout);
    child.on("error", end);
    if (!child.stdin || !child.stdout) return end(new Error("docker without standard streams"));
    const socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
    const message = request({ createConnection: () => socket, host: "docker", path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", end).on("end", () => {
        end();
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    message.on("error", end).end();
  });
