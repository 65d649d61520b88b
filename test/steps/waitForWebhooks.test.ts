import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);

const touched = join(folder, "touched");
beforeEach(() => rmSync(touched, { force: true }));

const untrusted = (webhook: string): string =>
  `Internal error occurred: failed calling webhook "${webhook}": x509: certificate signed by unknown authority`;

/** Runs the step where the API server answers with this until a configuration is touched, and then with that. */
const waitFor = (before: string, after: string, environment: Record<string, string> = {}) => {
  fakeTool(
    "kubectl",
    `case "$1" in
  create) cat >/dev/null
    answer="$(if [ -e "${touched}" ]; then echo '${after}'; else echo '${before}'; fi)"
    [ "$answer" = created ] || { echo "$answer" >&2; exit 1; } ;;
  get) echo "one.example ValidatingWebhookConfiguration/ours"; echo "one.example MutatingWebhookConfiguration/ours"
       echo "one.example ValidatingWebhookConfiguration/ours"; echo "two.example ValidatingWebhookConfiguration/theirs" ;;
  --namespace) case "$3" in
    wait) [ "$4" = secret/cert ] || { echo "no $4" >&2; exit 1; } ;;
    annotate) echo "$*" >"${touched}" ;;
    esac ;;
  annotate) echo "$*" >"${touched}" ;;
esac`,
  );
  const { status, stderr } = spawnSync("bash", ["steps/wait-for-webhooks"], {
    cwd: folder,
    encoding: "utf8",
    input: "kind: Sample\n",
    env: { ...process.env, TIMEOUT_SECONDS: "3", UNTRUSTED_SECONDS: "1", ...environment },
  });
  return { status, stderr, touched: existsSync(touched) ? readFileSync(touched, "utf8") : undefined };
};

const silent = 'failed calling webhook "one.example": connection refused';

describe("wait-for-webhooks", () => {
  test("touches the configurations that name a webhook whose CA the API server goes on not to know, and no other", () => {
    const { status, stderr, touched } = waitFor(untrusted("one.example"), "created");
    expect(status).toBe(0);
    expect(touched).toMatch(
      /^annotate --overwrite ValidatingWebhookConfiguration\/ours MutatingWebhookConfiguration\/ours dev\.slipway\/ca-read-again=\d+\n$/,
    );
    expect(stderr).toContain("does not accept the certificate of one.example");
  });

  test("touches nothing where a webhook answers, or has nobody listening, or has another fault", () => {
    expect(waitFor("created", "")).toEqual({ status: 0, stderr: "", touched: undefined });
    expect(waitFor('admission webhook "one.example" denied the request', "").status).toBe(0);
    const never = waitFor(silent, "");
    expect(never).toMatchObject({ status: 1, touched: undefined });
    expect(never.stderr).toContain("webhooks: expected an answer within 3 s");
  });

  test("gives the message itself where touching does not help", () => {
    const { status, stderr, touched } = waitFor(untrusted("two.example"), untrusted("two.example"));
    expect(status).toBe(1);
    expect(touched).toContain("ValidatingWebhookConfiguration/theirs dev.slipway");
    expect(stderr).toContain(untrusted("two.example"));
  });

  test("touches the pods that wrote their certificate themselves, so that the kubelet brings it to them", () => {
    const { status, touched } = waitFor(silent, "created", { CERTIFICATE: "load/cert", PODS: "a=b,c=d" });
    expect(status).toBe(0);
    expect(touched).toMatch(
      /^--namespace load annotate --overwrite pods --selector a=b,c=d dev\.slipway\/look-again=\d+\n$/,
    );
  });

  test("says so where that certificate does not come", () => {
    const { status, stderr, touched } = waitFor(silent, "created", { CERTIFICATE: "load/other", PODS: "a=b" });
    expect({ status, touched }).toEqual({ status: 1, touched: undefined });
    expect(stderr).toContain("no secret/other");
  });
});
