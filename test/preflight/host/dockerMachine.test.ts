import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { cgroupMemoryLimit } from "../../../preflight/host/cgroup";
import { checkHost } from "../../../preflight/host/doctor";
import type { DockerFacts } from "../../../preflight/host/dockerFacts";
import { diskOfDocker, memoryOfDocker, socketInodes } from "../../../preflight/host/dockerMachine";
import type { HostFacts } from "../../../preflight/host/facts";
import { healthyHost } from "../../helpers/host";

type Files = Record<string, string>;
const reader = (files: Files) => (path: string) => files[path];
const unlimited = "9223372036854771712\n";

const mountV2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate";
const mountV1 = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory";
const hybrid = [mountV1, "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw"].join("\n");

describe("the limit of cgroups", () => {
  test.each<[string, Files, number | undefined]>([
    [
      "version 2 without a limit",
      {
        "/proc/7/cgroup": "0::/system.slice/docker.service\n",
        "/proc/self/mountinfo": mountV2,
        "/sys/fs/cgroup/system.slice/memory.max": "max\n",
      },
      undefined,
    ],
    [
      "version 2 with a limit of the process's cgroup",
      { "/proc/7/cgroup": "0::/a\n", "/proc/self/mountinfo": mountV2, "/sys/fs/cgroup/a/memory.max": "3000000000\n" },
      3e9,
    ],
    [
      "version 2 with the smaller limit of a cgroup around it",
      {
        "/proc/7/cgroup": "0::/lxc/box/system.slice/docker.service\n",
        "/proc/self/mountinfo": mountV2,
        "/sys/fs/cgroup/lxc/box/memory.max": "2000000000\n",
        "/sys/fs/cgroup/lxc/box/system.slice/docker.service/memory.max": "5000000000\n",
      },
      2e9,
    ],
    [
      "version 2 with memory.high, which slows programs down",
      {
        "/proc/7/cgroup": "0::/a\n",
        "/proc/self/mountinfo": mountV2,
        "/sys/fs/cgroup/a/memory.max": "max\n",
        "/sys/fs/cgroup/a/memory.high": "1500000000\n",
      },
      1.5e9,
    ],
    [
      "version 2 in a container with a namespace of its own: the mount's root has the limit",
      { "/proc/7/cgroup": "0::/\n", "/proc/self/mountinfo": mountV2, "/sys/fs/cgroup/memory.max": "4000000000\n" },
      4e9,
    ],
    [
      "version 2 with a cgroup outside of the namespace",
      {
        "/proc/7/cgroup": "0::/../../other\n",
        "/proc/self/mountinfo": mountV2,
        "/sys/fs/cgroup/memory.max": "4000000000\n",
      },
      4e9,
    ],
    [
      "version 1 without a limit, in a hybrid hierarchy",
      {
        "/proc/7/cgroup": "4:memory:/docker\n0::/\n",
        "/proc/self/mountinfo": hybrid,
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": unlimited,
        "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes": unlimited,
      },
      undefined,
    ],
    [
      "version 1 with the limit of a cgroup around it",
      {
        "/proc/7/cgroup": "9:cpu,cpuacct:/x\n4:memory:/a/b\n0::/\n",
        "/proc/self/mountinfo": hybrid,
        "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "2500000000\n",
        "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": unlimited,
      },
      2.5e9,
    ],
    [
      "version 1 in a container, whose mount shows only its own cgroup",
      {
        "/proc/7/cgroup": "4:memory:/docker/abc\n",
        "/proc/self/mountinfo": "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "6000000000\n",
        "/sys/fs/cgroup/memory/memory.stat": "cache 0\nhierarchical_memory_limit 5000000000\n",
      },
      5e9,
    ],
    ["a machine without cgroups", { "/proc/7/cgroup": "", "/proc/self/mountinfo": "" }, undefined],
    ["a process that has ended", {}, undefined],
  ])("%s", (_, files, expected) => expect(cgroupMemoryLimit(reader(files), "7")).toBe(expected));
});

describe("the memory for containers", () => {
  const total = 64e9;
  const limited: Files = {
    "/proc/7/cgroup": "0::/box\n",
    "/proc/self/mountinfo": mountV2,
    "/sys/fs/cgroup/box/memory.max": "3000000000\n",
  };
  test("is that of Docker's machine, which may be the virtual machine of Docker Desktop", () => {
    const desktop: DockerFacts = {
      socket: true,
      os: "linux/Docker Desktop",
      memoryBytes: 8_217_858_048,
      machine: "docker-desktop",
    };
    expect(memoryOfDocker(desktop, total, undefined, reader({}))).toEqual({
      memoryBytes: 8_217_858_048,
      memoryOf: "Docker's machine docker-desktop",
    });
  });

  test("is limited by the cgroup of dockerd", () =>
    expect(memoryOfDocker({ socket: true, memoryBytes: total }, total, 7, reader(limited))).toEqual({
      memoryBytes: 3e9,
      memoryOf: "the memory limit of Docker's cgroup",
    }));

  test.each([
    ["cgroupfs", "docker"],
    ["systemd", "system.slice"],
  ])("is limited by the cgroup of all containers with the driver %s", (cgroupDriver, parent) => {
    const files = {
      "/proc/7/cgroup": "0::/\n",
      "/proc/self/mountinfo": mountV2,
      [`/sys/fs/cgroup/${parent}/memory.max`]: "2000000000",
    };
    const facts = { socket: true, memoryBytes: total, cgroupDriver };
    expect(memoryOfDocker(facts, total, 7, reader(files)).memoryBytes).toBe(2e9);
  });

  test("does not take limits of this machine for a Docker in another one", () =>
    expect(
      memoryOfDocker({ socket: true, memoryBytes: 4e9, machine: "vm" }, total, 7, reader(limited)).memoryBytes,
    ).toBe(4e9));

  test("is all memory of this machine without an answer of Docker", () =>
    expect(memoryOfDocker({ socket: false }, total, undefined, reader({}))).toEqual({ memoryBytes: total }));
});

test("finds the sockets of Docker in the kernel's table", () => {
  const table = [
    "Num       RefCount Protocol Flags    Type St Inode Path",
    "0000000000000000: 00000002 00000000 00010000 0001 01 12345 /var/run/docker.sock",
    "0000000000000000: 00000002 00000000 00010000 0001 01 12346 /run/docker.sock",
    "0000000000000000: 00000002 00000000 00010000 0001 01 12347 /run/other.sock",
    "0000000000000000: 00000003 00000000 00000000 0001 03 12348",
  ].join("\n");
  expect(socketInodes(table)).toEqual(["12345", "12346"]);
});

describe("Docker's disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-disk-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is that of its folder, and is unknown where the folder is in another machine or not there", () => {
    expect(diskOfDocker({ socket: true, dataRoot: folder }, folder)).toMatchObject({ folder, isSeparate: false });
    expect(diskOfDocker({ socket: true, dataRoot: "/proc" }, folder)).toMatchObject({ isSeparate: true });
    for (const facts of [
      { machine: "vm", dataRoot: folder },
      { os: "linux/Docker Desktop", dataRoot: folder },
      { dataRoot: join(folder, "none") },
      {},
    ])
      expect(diskOfDocker({ socket: true, ...facts }, folder)).toBeUndefined();
  });
});

describe("the doctor's rows", () => {
  const rowsOf = (facts: Partial<HostFacts>) =>
    checkHost({ ...healthyHost, ...facts }).filter(({ name }) => /memory|disk/.test(name));
  const small = { folder: "/mnt/docker", freeBytes: 3e9, isSeparate: true };

  test("name a small disk of Docker, with its folder", () =>
    expect(rowsOf({ dockerDisk: small })).toEqual([
      expect.objectContaining({ name: "memory", status: "ok" }),
      expect.objectContaining({ name: "disk", status: "ok" }),
      {
        name: "docker disk",
        status: "fail",
        detail: "3.0 GB free in /mnt/docker",
        remedy: expect.stringContaining("free disk space until 8.0 GB are free there"),
      },
    ]));

  test("do not count Docker's needs on the disk of the tools if Docker has its own disk", () => {
    expect(rowsOf({ freeBytes: 2e9, dockerDisk: { ...small, freeBytes: 9e9 } }).map(({ status }) => status)).toEqual([
      ...["ok", "ok", "ok"],
    ]);
    expect(rowsOf({ freeBytes: 2e9, dockerDisk: { ...small, isSeparate: false } })[1]).toMatchObject({
      status: "fail",
    });
  });

  test("say whose memory is short, and which limit to raise", () =>
    expect(rowsOf({ memoryBytes: 3e9, memoryOf: "the memory limit of Docker's cgroup" })[0]).toMatchObject({
      status: "fail",
      detail: expect.stringMatching(/^3\.0 GB, 4 cores, of the memory limit of Docker's cgroup: too little/),
      remedy: expect.stringContaining("by raising the memory limit of Docker's cgroup"),
    }));

  test("warn about a small limit of the shell, which does not limit containers", () => {
    expect(rowsOf({ ownMemoryBytes: 1e9 })[1]).toMatchObject({ name: "own memory", status: "warn" });
    expect(rowsOf({ ownMemoryBytes: 4e9 }).map(({ name }) => name)).toEqual(["memory", "disk"]);
  });
});
