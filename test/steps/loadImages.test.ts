import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);

/** Runs the step with a Docker of that store, and a node in which reading from the socket ends so; gives what it did. */
const load = (store: string, readsSocket: number) => {
  const calls = join(folder, "calls");
  fakeTool(
    "docker",
    `case "$1" in
  info) echo '${store}' ;;
  version) echo amd64 ;;
  save) echo "$*" >>"${calls}"; echo archive ;;
  exec) if [ "\${10}" = /var/run/docker.sock ]; then echo "socket \${*:12}" >>"${calls}"; exit ${readsSocket}; fi
    echo "stdin $(cat) \${*:12}" >>"${calls}" ;;
esac`,
  );
  writeFileSync(calls, "");
  const { status, stdout } = spawnSync("bash", ["steps/load-images"], {
    cwd: folder,
    encoding: "utf8",
    input: "a:1 sha256:one\nb:2 sha256:two\n",
    env: { ...process.env, NODE: "node" },
  });
  return { status, stdout, calls: readFileSync(calls, "utf8").split("\n").filter(Boolean).sort() };
};

describe("load-images", () => {
  test("lets the node read the images from the host's Docker, all at once", () => {
    const calls = ["socket a:1 b:2"];
    expect(load('[["Backing Filesystem","extfs"]]', 0)).toEqual({ status: 0, stdout: "2 images in node\n", calls });
  });

  test("carries them into a node that has no socket", () => {
    const { status, calls } = load('[["Backing Filesystem","extfs"]]', 97);
    expect(status).toBe(0);
    expect(calls).toEqual(["save a:1 b:2", "socket a:1 b:2", "stdin archive a:1 b:2"]);
  });

  test("saves the platform that runs here alone from Docker's containerd image store", () => {
    const { status, calls } = load('[["driver-type","io.containerd.snapshotter.v1"]]', 0);
    expect(status).toBe(0);
    expect(calls).toEqual(["save --platform linux/amd64 a:1 b:2", "stdin archive a:1 b:2"]);
  });
});
