// A registry with TLS that demands a password: privateRegistry.ts starts this program with a folder and an address. It reads
// the login from the folder at each question, and passes questions on to the registry without TLS.
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { passOn } from "../mirror/registries";
import { registryPort } from "../mirror/registryProgram";

const [folder = "", address = "", port = ""] = process.argv.slice(2);
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

const server = createServer({ key: read("tls/server.key"), cert: read("tls/server.crt") }, (request, response) => {
  const { method = "", url = "", headers, socket } = request;
  const [, credentials = ""] = /^Basic (.+)$/.exec(headers.authorization ?? "") ?? [];
  const isAllowed = Buffer.from(credentials, "base64").toString("utf8") === read("login");
  response.on("finish", () =>
    appendFileSync(join(folder, "requests"), `${response.statusCode} ${method} ${socket.remoteAddress ?? ""} ${url}\n`),
  );
  if (isAllowed && url !== "/v2/") return passOn(registryPort, url, request, response);
  const challenge = { "www-authenticate": 'Basic realm="test"' };
  response.writeHead(isAllowed ? 200 : 401, { "content-type": "application/json", ...(isAllowed ? {} : challenge) });
  response.end("{}");
});
server.listen(Number(port), address);
