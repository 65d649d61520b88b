import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createApiCertificate } from "../helpers/apiCertificate";

const folder = mkdtempSync(join(tmpdir(), "slipway-readyz-"));
const { keyFile, certificateFile, serverOptions } = createApiCertificate(folder);
let server: Server;
let answers: number[] = [];
let requests = 0;

beforeAll(async () => {
  server = createServer(serverOptions, (request, response) => {
    requests += 1;
    response.writeHead(request.url === "/readyz" ? (answers.shift() ?? 200) : 404).end("[-]etcd failed");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const kubeconfig = (url: string, user: object): string =>
  JSON.stringify({
    clusters: [{ cluster: { server: url, "certificate-authority-data": base64(certificateFile) } }],
    users: [{ user }],
  });
const base64 = (file: string): string => readFileSync(file).toString("base64");
const certificate = () => ({
  "client-certificate-data": base64(certificateFile),
  "client-key-data": base64(keyFile),
});
const address = (): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Runs the question beside the server, which is in this process. */
const runStep = async (text: string, environment: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ["steps/api-readyz.mjs"], {
    env: { PATH: process.env.PATH, PORT_COMMAND: "", TIMEOUT_SECONDS: "1", ...environment },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  child.stdin.end(text);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, output };
};

describe("api-readyz", () => {
  test("asks with the kubeconfig's certificates until the API server is ready", async () => {
    [answers, requests] = [[500, 503], 0];
    expect(await runStep(kubeconfig(address(), certificate()), { TIMEOUT_SECONDS: "10" })).toEqual({
      status: 0,
      output: "",
    });
    expect(requests).toBe(3);
  });

  test("reads the port again from the program that prints it", async () => {
    answers = [];
    const { port } = server.address() as AddressInfo;
    const program = join(folder, "port");
    execFileSync("bash", ["-c", `printf '#!/bin/sh\\necho ${port}\\n' >"$0"; chmod +x "$0"`, program]);
    const elsewhere = kubeconfig("https://192.0.2.1:6443", certificate());
    expect(await runStep(elsewhere, { PORT_COMMAND: program })).toEqual({ status: 0, output: "" });
  });

  test("ends with the server's last word", async () => {
    answers = Array<number>(20).fill(500);
    expect(await runStep(kubeconfig(address(), certificate()))).toEqual({ status: 1, output: "500 [-]etcd failed\n" });
  });

  test("ends with what is wrong where nobody listens", async () => {
    const nobody = kubeconfig("https://127.0.0.1:1", certificate());
    const output = "connect ECONNREFUSED 127.0.0.1:1\n";
    expect(await runStep(nobody, { TIMEOUT_SECONDS: "0" })).toEqual({ status: 1, output });
  });

  test.each([
    ["a token", { token: "secret" }, {}],
    ["a plugin", { exec: { command: "aws" } }, {}],
    ["a proxy", undefined, { HTTPS_PROXY: "http://proxy.example:3128" }],
  ])("leaves %s to kubectl", async (_, user, environment) => {
    const { status } = await runStep(kubeconfig(address(), user ?? certificate()), environment);
    expect(status).toBe(97);
  });
});
