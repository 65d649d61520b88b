import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);

test("wait-for-api gives up after a minute without a control plane", () => {
  fakeTool("kubectl", `printf '%s\\n' "$*" >>"${join(folder, "asked")}"; exit 1`);
  const { status, stderr } = spawnSync("bash", ["steps/wait-for-api"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      CLUSTER: "one",
      NAMESPACE: "default",
      CONTROL_PLANE: "kubeadmcontrolplane.controlplane.cluster.x-k8s.io/one",
      REACH: "address",
      TIMEOUT_SECONDS: "1800",
    },
  });
  expect(status).toBe(1);
  expect(stderr).toContain("kubeadmcontrolplane.controlplane.cluster.x-k8s.io/one does not exist");
  expect(readFileSync(join(folder, "asked"), "utf8").split("\n")[0]).toContain("--timeout=60s");
});
