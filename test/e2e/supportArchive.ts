import { readFileSync, rmSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { check, command, must } from "./harness";
import type { TestStack } from "./testStack";

/** An archive of `make support`, as it was on disk. */
export interface SupportArchive {
  /** Paths in it, without the folder that all have in common. */
  names: string[];
  /** Its bytes, unpacked. */
  bytes: Buffer;
  /** What the command printed. */
  output: string;
}

/** Runs `make support`, claims that its archive is closed to others, and takes it from the disk. */
export const takeArchive = (stack: TestStack, env: Record<string, string> = {}): SupportArchive => {
  const { code, stdout, stderr } = command("scripts/slipway", ["support"], { env: { ...stack.env, ...env } });
  const output = `${stdout}\n${stderr}`;
  check(code === 0, `exit code 0 of support, got ${code}\n${output}`);
  const file = /^(\/.*\.tar\.gz) \(/m.exec(stdout)?.[1] ?? "";
  try {
    const mode = statSync(file).mode & 0o777;
    check(mode === 0o600, `mode 0600 of ${file}, got ${mode.toString(8)}`);
    const names = must("tar", ["--list", "--gzip", "--file", file]).split("\n").filter(Boolean);
    return { names: names.map((name) => name.replace(/^[^/]*\//, "")), bytes: gunzipSync(readFileSync(file)), output };
  } finally {
    rmSync(file, { force: true });
  }
};

/** What an archive of a stack that is up has to have. */
export const expectedInArchive: readonly RegExp[] = [
  ...["versions.json", "settings.yaml", "doctor.txt", "status.txt", "state.json", "missing.txt"].map(
    (name) => new RegExp(`^${name}$`),
  ),
  ...["capi-system", "capd-system", "capi-kubeadm-bootstrap-system", "capi-kubeadm-control-plane-system"].map(
    (namespace) => new RegExp(`^clusters/clusterapi/logs/${namespace}/.*/manager\\.log$`),
  ),
  /^clusters\/clusterapi\/logs\/cert-manager\//,
  /^clusters\/capd\/logs\/metallb-system\/speaker-/,
  /^clusters\/capd\/logs\/kube-system\/calico-node-/,
  /^clusters\/(clusterapi|capd)\/(events|conditions)\.txt$/,
  /^clusters\/clusterapi\/objects\/Machine\.cluster\.x-k8s\.io\.json$/,
  /^nodes\/clusterapi-control-plane\/kubelet\.log$/,
  /^nodes\/capd-md-0-.*\/containerd\.log$/,
  /^docker\/containers\/capd-lb\.json$/,
  /^docker\/network-kind\.json$/,
];
