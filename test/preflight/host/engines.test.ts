import { describe, expect, test } from "@jest/globals";
import { checkHost } from "../../../preflight/host/doctor";
import { findUnsupportedEngine } from "../../../preflight/host/dockerEngine";
import type { DockerFacts } from "../../../preflight/host/dockerFacts";
import { healthyHost } from "../../helpers/host";

/** Answers of Docker Engine on Debian, from which the others differ. */
const engine: DockerFacts = {
  server: "28.2.2",
  socket: true,
  cgroup: "2",
  os: "linux/Debian GNU/Linux 12 (bookworm)",
  id: "A",
  socketId: "A",
  context: "default",
  address: "unix:///var/run/docker.sock",
  components: ["Engine", "containerd", "runc", "docker-init"],
  security: ["name=seccomp,profile=builtin", "name=cgroupns"],
};
const noServer = { server: undefined, id: undefined, os: undefined, cgroup: undefined, components: [], security: [] };

/** Answers that were recorded on machines or in public reports: what they are, and what the error says. */
const answers: [string, Partial<DockerFacts>, RegExp, RegExp][] = [
  [
    "DOCKER_HOST with tcp",
    { chosenBy: "DOCKER_HOST", context: undefined, address: "tcp://192.168.49.2:2376" },
    /DOCKER_HOST=tcp:\/\/192\.168\.49\.2:2376\) uses a Docker over tcp/,
    /^unset DOCKER_HOST, or run Slipway on the machine of that Docker$/,
  ],
  [
    "DOCKER_HOST with tcp that does not answer",
    {
      ...noServer,
      chosenBy: "DOCKER_HOST",
      address: "tcp://127.0.0.1:1",
      error: "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?",
    },
    /over tcp/,
    /^unset DOCKER_HOST/,
  ],
  [
    "DOCKER_HOST with ssh",
    {
      ...noServer,
      chosenBy: "DOCKER_HOST",
      address: "ssh://me@build",
      error:
        'error during connect: Get "http://docker.example.com/v1.50/info": command [ssh -o ConnectTimeout=30 -T -l me -- build docker system dial-stdio] has exited with exit status 255',
    },
    /DOCKER_HOST=ssh:\/\/me@build\) uses a Docker over ssh/,
    /^unset DOCKER_HOST/,
  ],
  [
    "DOCKER_HOST without a scheme",
    { ...noServer, chosenBy: "DOCKER_HOST", address: "build:2375" },
    /over tcp/,
    /^unset/,
  ],
  ["DOCKER_HOST with http", { ...noServer, chosenBy: "DOCKER_HOST", address: "http://x" }, /over http/, /^unset/],
  [
    "a context with ssh",
    { context: "build", address: "ssh://build" },
    /\(context build, ssh:\/\/build\)/,
    /^run docker context use default/,
  ],
  [
    "DOCKER_CONTEXT with tcp",
    { chosenBy: "DOCKER_CONTEXT", context: "remote", address: "tcp://10.0.0.5:2376" },
    /context remote, tcp:\/\/10\.0\.0\.5:2376/,
    /^unset DOCKER_CONTEXT/,
  ],
  [
    "a context of config.json that does not exist",
    {
      ...noServer,
      context: undefined,
      address: undefined,
      error:
        'Failed to initialize: unable to resolve docker endpoint: context "nope": context not found: open /root/.docker/contexts/meta/ca3704/meta.json: no such file or directory',
    },
    /uses the context nope, which does not exist/,
    /^run docker context use default; docker context ls/,
  ],
  [
    "DOCKER_CONTEXT that does not exist",
    {
      ...noServer,
      chosenBy: "DOCKER_CONTEXT",
      context: "nope",
      address: undefined,
      error:
        'Failed to initialize: unable to resolve docker endpoint: context "nope": context not found: open x: no such file or directory',
    },
    /the context nope, which does not exist/,
    /^unset DOCKER_CONTEXT/,
  ],
  [
    "a missing context, in the words of Docker 20.10",
    {
      ...noServer,
      address: undefined,
      error:
        'Current context "old" is not found on the file system, please check your config file at /root/.docker/config.json',
    },
    /the context old/,
    /^run docker context use default/,
  ],
  [
    "rootless Docker",
    {
      context: "rootless",
      address: "unix:///run/user/1000/docker.sock",
      security: ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
      socketId: "B",
    },
    /rootless mode/,
    /^use the Docker of root: run docker context use default, then systemctl start docker as root$/,
  ],
  [
    "rootless Docker behind a link at /var/run/docker.sock",
    { security: ["name=seccomp,profile=builtin", "name=rootless"] },
    /rootless mode/,
    /^use the Docker of root/,
  ],
  [
    "rootless Docker that is stopped",
    {
      ...noServer,
      chosenBy: "DOCKER_HOST",
      address: "unix:///run/user/1000/docker.sock",
      error: "Cannot connect to the Docker daemon",
    },
    /rootless mode/,
    /unset DOCKER_HOST/,
  ],
  [
    "colima",
    {
      context: "colima",
      address: "unix:///home/me/.colima/default/docker.sock",
      os: "linux/Ubuntu 24.04 LTS",
      machine: "colima",
    },
    /^colima runs containers in a virtual machine/,
    /^install Docker Engine .* on this Linux, then docker context use default$/,
  ],
  [
    "a profile of colima below ~/.config",
    { chosenBy: "DOCKER_HOST", context: undefined, address: "unix:///home/me/.config/colima/work/docker.sock" },
    /^colima/,
    /unset DOCKER_HOST$/,
  ],
  [
    "colima that is stopped",
    { ...noServer, context: "colima", address: "unix:///home/me/.colima/default/docker.sock", error: "Cannot connect" },
    /^colima/,
    /./,
  ],
  ["Lima", { context: "lima-docker", address: "unix:///home/me/.lima/docker/sock/docker.sock" }, /^Lima/, /./],
  [
    "Rancher Desktop",
    { context: "rancher-desktop", address: "unix:///home/me/.rd/docker.sock" },
    /^Rancher Desktop/,
    /./,
  ],
  [
    "Podman behind the docker command",
    {
      ...noServer,
      client: "podman version 4.3.1",
      error:
        'Error: template: info:1:2: executing "info" at <.ServerVersion>: can\'t evaluate field ServerVersion in type *define.Info',
    },
    /^the docker command is Podman/,
    /remove the package podman-docker$/,
  ],
  [
    "Podman behind the docker command, with its message",
    {
      ...noServer,
      client: "Docker version 0",
      error: "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.\nError: …",
    },
    /is Podman/,
    /./,
  ],
  [
    "Podman behind /var/run/docker.sock",
    { server: "4.9.3", os: "linux/fedora", components: ["Podman Engine", "Conmon", "OCI Runtime (crun)"] },
    /^Podman answers in place of Docker/,
    /systemctl disable --now podman\.socket/,
  ],
  [
    "Podman's own socket",
    { ...noServer, chosenBy: "DOCKER_HOST", address: "unix:///run/user/1000/podman/podman.sock" },
    /^Podman/,
    /./,
  ],
];

test("accepts Docker Engine behind its socket, whatever way the command takes to it", () => {
  expect(findUnsupportedEngine(engine, "linux")).toBeUndefined();
  for (const changes of [
    { chosenBy: "DOCKER_HOST" as const, context: undefined, address: "unix:///var/run/docker.sock" },
    { context: "mine", address: "unix:///run/docker.sock" },
    { context: undefined, address: undefined },
    // In a container with the socket, the server's machine has another name.
    { machine: "build-host" },
    {
      ...noServer,
      error: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    },
    { ...noServer, error: "permission denied while trying to connect to the Docker daemon socket" },
    { ...noServer, client: undefined, error: "spawn docker ENOENT" },
  ])
    expect(findUnsupportedEngine({ ...engine, ...changes }, "linux")).toBeUndefined();
});

describe("names and refuses", () => {
  test.each(answers)("%s", (_, changes, detail, remedy) => {
    const docker = { ...engine, ...changes };
    const unsupported = findUnsupportedEngine(docker, "linux");
    expect(unsupported?.detail).toMatch(detail);
    expect(unsupported?.remedy).toMatch(remedy);
    const rows = checkHost({ ...healthyHost, docker });
    // One row has the reason, and no other row repeats it.
    expect(rows.filter(({ status }) => status === "fail")).toEqual([
      expect.objectContaining({ name: "docker", detail: unsupported?.detail, remedy: unsupported?.remedy }),
    ]);
  });
});

test("colima is refused on macOS too, and the other virtual machines there have their warning", () => {
  const colima = { ...engine, context: "colima", address: "unix:///Users/me/.colima/default/docker.sock" };
  expect(findUnsupportedEngine(colima, "darwin")?.remedy).toMatch(/inside the virtual machine of colima/);
  const desktop = { ...engine, context: "desktop-linux", os: "linux/Docker Desktop" };
  expect(findUnsupportedEngine(desktop, "darwin")).toBeUndefined();
});

/** What a user changes on the advice of an error. */
const follow = (remedy: string, docker: DockerFacts): DockerFacts => {
  const { chosenBy } = docker;
  const advised = /docker context use default|unset (DOCKER_\w+)/.exec(remedy);
  if (/install Docker Engine/.test(remedy) && advised === null) return engine;
  expect(advised).not.toBeNull();
  // A variable wins over docker context use, so the advice must name the variable if there is one.
  expect(advised?.[1]).toBe(chosenBy);
  return { ...docker, ...engine, chosenBy: undefined, machine: undefined };
};

test.each(answers)("the advice about %s leads to a supported Docker", (_, changes) => {
  const docker = { ...engine, ...changes };
  const { remedy = "" } = findUnsupportedEngine(docker, "linux") ?? {};
  expect(findUnsupportedEngine(follow(remedy, docker), "linux")).toBeUndefined();
});
