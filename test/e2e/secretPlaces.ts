// The secrets of a stack that is up, and the places of a real run in which none of them may be readable.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { cacheRoot } from "../../system/cacheFolder";
import { check, command, must } from "./harness";
import { type Places, privateKeysIn, type Secret, secretsOfKubeconfig, secretsOfList } from "./secretScan";
import { takeArchive } from "./supportArchive";
import type { TestStack } from "./testStack";
import { passphrase } from "./throwAwayStack";

/** Of each control plane node: keys of its authorities, and tokens with which its pods call the API server. */
const secretsOfNode = (node: string): Secret[] => {
  const shell = (script: string): string => must("docker", ["exec", node, "sh", "-c", script]);
  const tokens = shell(
    "for f in /var/lib/kubelet/pods/*/volumes/kubernetes.io~projected/*/token; do cat $f; echo; done",
  );
  return [
    ...privateKeysIn(
      `/etc/kubernetes/pki of ${node}`,
      shell("cat /etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key"),
    ),
    ...secretsOfKubeconfig(`admin.conf of ${node}`, shell("cat /etc/kubernetes/admin.conf")),
    // The signature: head and claims of two tokens have much in common.
    ...tokens
      .split("\n")
      .filter((token) => token !== "")
      .map((token, index) => ({
        name: `ServiceAccount token ${index + 1} of ${node}`,
        text: token.split(".")[2] ?? token,
      })),
  ];
};

/** Everything that a look for secrets knows of a stack that is up. */
export const secretsOf = (stack: TestStack): Secret[] => {
  const { kubeconfigs } = stack.outputs();
  const nodes = must("docker", ["ps", "--filter", "label=io.x-k8s.kind.role=control-plane", "--format", "{{.Names}}"]);
  return [
    { name: "the passphrase of the state", text: passphrase },
    ...Object.entries(kubeconfigs).flatMap(([name, text]) => secretsOfKubeconfig(`kubeconfig ${name}`, text)),
    ...Object.keys(kubeconfigs).flatMap((cluster) =>
      secretsOfList(cluster, stack.kubectl(cluster, "get", "secrets", "--all-namespaces", "--output", "json")),
    ),
    ...nodes.split("\n").filter(Boolean).flatMap(secretsOfNode),
  ];
};

/** A file's bytes, unpacked where the backend packed them. */
const unpacked = (file: string): Buffer => {
  if (file.endsWith(".gz")) return gunzipSync(readFileSync(file));
  if (!file.endsWith(".zst")) return readFileSync(file);
  // Node has zstd from 22.15 only.
  return Buffer.from(must("zstd", ["--decompress", "--stdout", "--quiet", file]));
};

interface LoggedEvent {
  diagnosticEvent?: { severity?: string };
}

/**
 * Returns the engine's event log without debug messages. Pulumi's Node.js runtime reports each answer of the engine in a
 * debug message, with secrets in clear text. Pulumi shows debug messages only with --debug, but always writes them to a
 * requested event log: docs/guides/security.md.
 */
const withoutDebug = (events: Buffer): Buffer =>
  Buffer.from(
    events
      .toString()
      .split("\n")
      .filter((line) => line === "" || (JSON.parse(line) as LoggedEvent).diagnosticEvent?.severity !== "debug")
      .join("\n"),
  );

/** What the checkout keeps beside the state. Kubeconfigs hold client keys, and bundles are the code of this test too. */
const stateFolder = (): Places =>
  Object.fromEntries(
    Object.entries(filesBelow(".slipway")).filter(([file]) => !/^\.slipway\/(kubeconfigs|bundles)\//.test(file)),
  );

/** Every file below a folder. */
const filesBelow = (folder: string): Places =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, file.endsWith("/events.json") ? withoutDebug(unpacked(file)) : unpacked(file)]),
  );

/** State with its history and backups, the set-up's logs, and what the commands say, those too that fail. */
export const placesOf = (stack: TestStack): Places => {
  const outputOf = (...args: string[]): string => stack.pulumi(...args);
  const verb = (name: string, ...args: string[]): string => {
    const { stdout, stderr } = stack.slipway(name, ...args);
    return `${stdout}\n${stderr}`;
  };
  const unreachable = command("scripts/slipway", ["refresh", "--diff"], {
    env: { ...stack.env, DOCKER_HOST: "unix:///nonexistent.sock" },
  });
  if (unreachable.code === 0) throw new Error("a refresh without Docker was expected to fail");
  const report = verb("report"); // writes files into the state folder
  const archive = takeArchive(stack);
  const withoutDocker = takeArchive(stack, { DOCKER_HOST: "unix:///nonexistent.sock" });
  check(
    /docker\/ps\.txt: .*nonexistent\.sock/.test(withoutDocker.output),
    `Docker said to be missing\n${withoutDocker.output}`,
  );
  return {
    ...filesBelow(stack.backend),
    ...stateFolder(),
    ...filesBelow(join(cacheRoot(), "logs")),
    "pulumi stack output": outputOf("stack", "output"),
    "pulumi stack output --json": outputOf("stack", "output", "--json"),
    "pulumi stack export": outputOf("stack", "export"),
    "pulumi stack": outputOf("stack", "--show-urns", "--show-ids"),
    "pulumi preview --diff": outputOf("preview", "--diff", "--show-sames"),
    "pulumi preview --json": outputOf("preview", "--json", "--show-sames"),
    // What all that is replaced would be made of.
    "pulumi preview --target-replace": outputOf("preview", "--diff", "--target-replace", "**"),
    "make plan": verb("plan", "--json"),
    "make status": verb("status"),
    "make doctor": verb("doctor"),
    "make report": report,
    "make support": archive.output,
    "the archive of make support": archive.bytes,
    "the archive of make support without Docker": Buffer.concat([
      withoutDocker.bytes,
      Buffer.from(withoutDocker.output),
    ]),
    "make refresh, which failed": unreachable.stdout + unreachable.stderr,
  };
};
