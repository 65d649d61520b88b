import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fakeCheckout } from "../helpers/fakeCheckout";

const { folder, fakeTool, remove } = fakeCheckout();
afterAll(remove);

/** Runs the step; reading from the socket and from the client's archive end so. Gives Docker's calls but for its questions. */
const make = (bySocket: number, byClient: number) => {
  const [calls, marker] = [join(folder, "calls"), join(folder, "made")];
  fakeTool(
    "docker",
    `case "$1 $2 $4" in
  "image inspect {{json"*) echo '["/entry"]' ;;
  image*) [ -e "${marker}" ] && echo sha256:made ;;
  create*) echo create >>"${calls}"; echo container ;;
  start*) if [ "$3" = --interactive ]; then cat >/dev/null; echo client >>"${calls}"; exit ${byClient}
    else echo socket >>"${calls}"; exit ${bySocket}; fi ;;
  save*) echo "save \${*:2}" >>"${calls}"; echo archive ;;
  commit*) touch "${marker}"; echo commit >>"${calls}" ;;
  rm*) echo rm >>"${calls}" ;;
esac`,
  );
  rmSync(marker, { force: true });
  writeFileSync(calls, "");
  const { status, stdout } = spawnSync("bash", ["steps/node-image"], {
    cwd: folder,
    encoding: "utf8",
    input: "a:1 sha256:one\nb:2 sha256:two\n",
    env: { ...process.env, IMAGE: "slipway/node:x", BASE: "kindest/node:x" },
  });
  return { status, stdout, calls: readFileSync(calls, "utf8").split("\n").filter(Boolean) };
};

/** Docker's client alone fills the container; where this host has a socket it was tried before, in another container. */
const before = existsSync("/var/run/docker.sock") ? ["create", "socket", "rm"] : [];

describe("node-image", () => {
  test("is filled through Docker's client where the socket cannot be read", () => {
    const { status, stdout, calls } = make(97, 0);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "sha256:made\n" });
    expect(calls.slice(0, before.length)).toEqual(before);
    expect(calls.slice(before.length).sort()).toEqual(["client", "commit", "create", "rm", "save a:1 b:2"]);
  });

  test("is not made, and leaves no container, where it could not be filled", () => {
    const { status, calls } = make(1, 1);
    expect(status).not.toBe(0);
    expect(calls).not.toContain("commit");
    expect(calls.filter((call) => call === "rm")).toHaveLength(calls.filter((call) => call === "create").length);
  });
});
