// Requests URL until it answers 200 or TIMEOUT_SECONDS are over. Prints the status, the title and nginx's thanks. If FROM
// names a container, curl sends the requests in this container.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const { URL: url, TIMEOUT_SECONDS: seconds, FROM: container } = process.env;
const deadline = Date.now() + Number(seconds) * 1000;

const fetchHere = async () => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000), headers: { connection: "close" } });
  return { status: response.status, text: await response.text() };
};

const fetchInside = async () => {
  // --globoff, because an IPv6 address has brackets.
  const options = ["--noproxy", "*", "--globoff", "--silent", "--show-error", "--max-time", "2"];
  const curl = ["curl", ...options, "--write-out", "\n%{http_code}", "--url", url];
  try {
    const { stdout } = await promisify(execFile)("docker", ["exec", container, ...curl]);
    const end = stdout.lastIndexOf("\n");
    return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
  } catch (error) {
    throw new Error(`${error.stderr?.trim() || error.message} (in container ${container})`);
  }
};

const request = async () => {
  const { status, text } = await (container ? fetchInside() : fetchHere());
  if (status !== 200) throw new Error(`status ${status}`);
  const title = /<title>(.*?)<\/title>/s.exec(text)?.[1]?.trim();
  const thanks = /Thank you for using nginx\./.exec(text)?.[0];
  return ["200", title, thanks].filter(Boolean).join(" · ");
};

const failure = (error) => error.cause?.message ?? error.message;

let shown = "";
for (;;) {
  try {
    console.log(await request());
    process.exit(0);
  } catch (error) {
    if (Date.now() > deadline) {
      console.error(`${url} did not answer within ${seconds} s: ${failure(error)}`);
      process.exit(1);
    }
    // Pulumi shows the last line as the status of the step.
    if (failure(error) !== shown) console.error(`${url}: ${failure(error)}`);
    shown = failure(error);
    // A refused connection returns at once. The pause between requests reduces the load on the load balancer.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
