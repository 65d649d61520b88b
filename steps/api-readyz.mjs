// Polls /readyz of an API server until it answers 200. The kubeconfig comes on standard input as JSON. After
// TIMEOUT_SECONDS the script exits with 1 and prints the last answer. PORT_COMMAND prints the port of 127.0.0.1 for the
// API server, which changes after a restart. One process sends all requests: each start of kubectl costs as much as ten
// requests. If only kubectl can send them (through a proxy, or without a client certificate), the script exits with 97
// at once.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";

const { PORT_COMMAND: portCommand, TIMEOUT_SECONDS: seconds, HTTPS_PROXY, https_proxy } = process.env;
const { clusters, users } = JSON.parse(readFileSync(0, "utf8"));
const { cluster } = clusters[0];
const { user } = users[0];
const decoded = (text) => (text ? Buffer.from(text, "base64") : undefined);
const [cert, key] = [decoded(user["client-certificate-data"]), decoded(user["client-key-data"])];
if (HTTPS_PROXY || https_proxy || !cert || !key) process.exit(97);

const server = () =>
  portCommand ? `https://127.0.0.1:${execFileSync(portCommand, { encoding: "utf8" }).trim()}` : cluster.server;

const ask = () =>
  new Promise((resolve, reject) => {
    const tls = { ca: decoded(cluster["certificate-authority-data"]), cert, key, agent: false, timeout: 5000 };
    const question = request(new URL("/readyz", server()), tls, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (data) => (text += data));
      response.on("end", () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode} ${text.trim()}`)),
      );
    });
    question.on("timeout", () => question.destroy(new Error("no answer within 5 s"))).on("error", reject);
    question.end();
  });

const deadline = Date.now() + Number(seconds) * 1000;
for (;;) {
  try {
    await ask();
    process.exit(0);
  } catch (error) {
    if (Date.now() > deadline) {
      console.error(error.message || error.code);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
