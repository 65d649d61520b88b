// Asks the API server of a kubeconfig, which comes on standard input as JSON, for /readyz until it says 200; after
// TIMEOUT_SECONDS ends with 1 and what it said last. PORT_COMMAND prints the port of 127.0.0.1 by which it is reached, where
// that is another one after a restart. One process for all questions: each start of kubectl costs as much as ten of them.
// Where only kubectl can ask, through a proxy or with other credentials than a certificate, it ends with 97 at once.
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
