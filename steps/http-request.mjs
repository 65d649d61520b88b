// Requests URL until it answers 200 or TIMEOUT_SECONDS are over. Prints the status, the title and nginx's thanks.
const { URL: url, TIMEOUT_SECONDS: seconds } = process.env;
const deadline = Date.now() + Number(seconds) * 1000;

const request = async () => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000), headers: { connection: "close" } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}`);
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
