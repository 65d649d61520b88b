import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openClientApi } from "../../system/clientApi";
import { createApiCertificate } from "../helpers/apiCertificate";

const folder = mkdtempSync(join(tmpdir(), "slipway-client-api-"));
const { keyFile, certificateFile, serverOptions } = createApiCertificate(folder);
const sockets = new Set<Duplex>();
let server: Server;
let connections = 0;

beforeAll(async () => {
  server = createServer(serverOptions, (request, response) => {
    if (request.url === "/silent") return;
    if (request.url === "/text") response.end("no JSON");
    else if (request.url === "/echo") {
      const { method, headers } = request;
      let text = "";
      request.setEncoding("utf8").on("data", (data: string) => (text += data));
      const echo = (): object => ({ method, type: headers["content-type"], sent: JSON.parse(text) as unknown });
      request.on("end", () => response.end(JSON.stringify(echo())));
    } else response.writeHead(request.url === "/list" ? 200 : 404).end('{"items":[]}');
  });
  server.on("secureConnection", () => (connections += 1));
  server.on("connection", (socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const open = () => {
  const [key, cert] = [readFileSync(keyFile), readFileSync(certificateFile)];
  return openClientApi({ server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: cert, cert, key });
};

describe("the API of a kubeconfig with a client certificate", () => {
  test("answers with status and JSON, over one connection", async () => {
    const api = open();
    expect(await api.getObject("/list")).toEqual({ status: 200, body: { items: [] } });
    expect(await api.getObject("/other")).toMatchObject({ status: 404 });
    expect(await api.getObject("/text")).toEqual({ status: 200, body: "no JSON" });
    expect(connections).toBe(1);
    api.close();
  });

  test("replaces an object", async () => {
    const api = open();
    expect(await api.putObject("/echo", { spec: { a: 1 } })).toEqual({
      status: 200,
      body: { method: "PUT", type: "application/json", sent: { spec: { a: 1 } } },
    });
    api.close();
  });

  test("refuses a server that its authority does not know", async () => {
    const [key, cert] = [readFileSync(keyFile), readFileSync(certificateFile)];
    const { port } = server.address() as AddressInfo;
    const api = openClientApi({ server: `https://127.0.0.1:${port}`, ca: Buffer.alloc(0), cert, key });
    await expect(api.getObject("/list")).rejects.toThrow();
    api.close();
  });

  test("fails if the server does not answer in time", async () => {
    const api = open();
    await expect(api.getObject("/silent")).rejects.toThrow("no answer within 5 s");
    api.close();
  }, 10_000);

  test("ends open requests at once when it is closed", async () => {
    const api = open();
    const request = api.getObject("/silent");
    setTimeout(() => api.close(), 50);
    await expect(request).rejects.toThrow("closed");
  });
});
