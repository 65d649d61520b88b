// Writes files into the running nodes of CLUSTER, and restarts the programs that read a changed file. With REMOVE=true it
// removes the files. Standard input is a JSON list of { path, text?, mode?, reader, environment? }: lib/cluster/nodeFiles.ts. The texts
// may be secret. So they reach the nodes over standard input, and no message shows them. With NODES, it waits until that many
// nodes have joined the cluster, at most TIMEOUT_SECONDS.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { CLUSTER: cluster, REMOVE: remove, NODES: nodes = "0", TIMEOUT_SECONDS: timeout = "900" } = process.env;
const [expected, waitSeconds] = [Number(nodes), Number(timeout)];
const isWaiting = expected > 0 && remove !== "true";
const files = JSON.parse(readFileSync(0, "utf8"));

const docker = (args, input) => {
  const { status, stdout, stderr, error } = spawnSync("docker", args, { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`docker ${args[0]}: ${stderr?.trim() || error?.message}`);
  return stdout;
};

/** Returns the variables of a container, by name. */
const environmentOf = (lines) => Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));

/** Returns true if a list of hosts has all entries of another list. The programs that create nodes add entries. */
const hasEntries = (actual = "", wanted = "") => {
  const entries = actual.split(",");
  return wanted.split(",").every((entry) => entries.includes(entry));
};

const isEquivalent = (actual, wanted = undefined) =>
  wanted !== undefined &&
  Object.entries(wanted).every(([name, value]) =>
    name === "NO_PROXY" ? hasEntries(actual[name], value) : actual[name] === value,
  );

const reloads = {
  containerd: "systemctl daemon-reload && systemctl restart containerd",
  // Two commands: bash ignores a failure on the left of &&.
  authorities: "update-ca-certificates >/dev/null; systemctl restart containerd",
  kubelet: "systemctl try-restart kubelet",
};

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Returns the lines of a script that writes or removes a file, and notes its reader if the file differs. */
const linesOf = ({ path, text, mode = "0600", reader, environment }, variables) => {
  const target = quote(path);
  const gone = [`if [ -e ${target} ]; then rm -f ${target}; readers="$readers ${reader}"; fi`];
  if (remove === "true" || text === undefined) return gone;
  const write = [
    "fresh=$(mktemp)",
    `base64 --decode >"$fresh" <<'END_OF_FILE'`,
    Buffer.from(text).toString("base64"),
    "END_OF_FILE",
    `if ! cmp --silent "$fresh" ${target}; then`,
    `  install -D --mode ${mode} "$fresh" ${target}`,
    `  readers="$readers ${reader}"; changed="$changed "${target}`,
    "fi",
    'rm -f "$fresh"',
  ];
  // A file of an earlier run would win over the environment.
  return isEquivalent(variables, environment) ? gone : write;
};

const scriptFor = (variables) =>
  [
    "set -eu",
    'readers=""; changed=""',
    // A program that did not read its file gets the file again in the next run.
    "trap '[ $? = 0 ] || rm -f $changed' EXIT",
    ...(isWaiting ? ["[ -e /etc/kubernetes/kubelet.conf ]"] : []),
    ...files.flatMap((file) => linesOf(file, variables)),
    // containerd restarts once, after the authorities, which restart it too.
    `case "$readers" in *authorities*) ${reloads.authorities} ;; esac`,
    `case "$readers" in *containerd*) ${reloads.containerd} ;; esac`,
    `case "$readers" in *kubelet*) ${reloads.kubelet} ;; esac`,
    'echo "$readers"',
  ].join("\n");

const list = ["ps", "--filter", `label=io.x-k8s.kind.cluster=${cluster}`];
const format = '{{.Names}} {{.Label "io.x-k8s.kind.role"}}';
const runningNodes = () =>
  docker([...list, "--format", format])
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith(" external-load-balancer"))
    .map((line) => line.split(" ")[0]);

const configure = (node) => {
  const variables = environmentOf(JSON.parse(docker(["inspect", "--format", "{{json .Config.Env}}", node])));
  const readers = docker(["exec", "--interactive", node, "bash", "-s"], scriptFor(variables)).trim();
  if (readers !== "") console.error(`${node}: new settings for ${[...new Set(readers.split(" "))].join(", ")}`);
};

/** Configures nodes as they appear. A node that starts or joins its cluster fails, and is tried again. */
const configureExpected = () => {
  const deadline = Date.now() + waitSeconds * 1000;
  const done = new Set();
  for (;;) {
    let failure = new Error(`${done.size} of ${expected} nodes within ${waitSeconds} s`);
    for (const node of runningNodes().filter((name) => !done.has(name))) {
      try {
        configure(node);
        done.add(node);
      } catch (error) {
        failure = new Error(`${node}: ${error.message}`);
      }
    }
    if (done.size >= expected) return;
    if (Date.now() > deadline) throw failure;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
  }
};

try {
  if (isWaiting) configureExpected();
  else for (const node of runningNodes()) configure(node);
} catch (error) {
  console.error(
    `nodes of ${cluster}: expected files with the settings of this machine, got an error: ${error.message}`,
  );
  process.exit(1);
}
