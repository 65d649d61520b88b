import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../../lib/base/problem";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";

const read = (config: Record<string, unknown>) =>
  readSettings({
    config: Object.fromEntries(Object.entries(config).map(([name, value]) => [name, JSON.stringify(value)])),
    pins,
    route: "source",
  });
const problems = (config: Record<string, unknown>): string[] => problemsOf(() => read(config)).map(sentence);
const cluster = (more: object) => ({ clusters: [{ name: "a", loadBalancer: "none", ...more }] });
const mount = (hostPath: string, containerPath = "/srv/a") => ({ hostPath, containerPath });

test("mounts are read-only by default, and ports listen on this machine alone", () => {
  const { management, clusters } = read({
    managementMounts: [mount("/a")],
    managementPorts: [{ hostPort: 80, containerPort: 30080 }],
    ...cluster({
      mounts: [{ ...mount("/a"), readOnly: false }],
      workers: [{ name: "p", mounts: [mount("/b", "/srv/b")] }],
    }),
  });
  expect(management.mounts).toEqual([{ ...mount("/a"), readOnly: true }]);
  expect(management.ports).toEqual([
    { hostPort: 80, containerPort: 30080, protocol: "TCP", listenAddress: "127.0.0.1" },
  ]);
  expect(clusters[0]).toMatchObject({
    mounts: [{ ...mount("/a"), readOnly: false }],
    workerPools: [{ mounts: [{ ...mount("/b", "/srv/b"), readOnly: true }] }],
  });
});

test("without mounts and ports, the settings are those of an earlier version", () => {
  const { management, clusters } = read({});
  for (const one of [management, clusters[0]]) expect(Object.keys(one ?? {})).not.toContain("mounts");
  expect(Object.keys(management)).not.toContain("ports");
});

describe("a mount", () => {
  test.each<[object, string]>([
    [
      mount("data"),
      'mounts[0].hostPath: expected an absolute path below /, without colons and without the segments . and .., got "data"',
    ],
    [mount("/"), "mounts[0].hostPath: expected an absolute path below /"],
    [mount("/srv/../etc"), "mounts[0].hostPath: expected an absolute path"],
    [mount("/srv/"), "mounts[0].hostPath: expected an absolute path"],
    [mount("/a:b"), "mounts[0].hostPath: expected an absolute path"],
    [mount("/var/run/docker.sock"), "mounts[0].hostPath: expected no path with Docker's socket"],
    [mount("/run/docker.sock"), "mounts[0].hostPath: expected no path with Docker's socket"],
    [mount("/var/run"), "mounts[0].hostPath: expected no path with Docker's socket"],
    [mount("/run"), "mounts[0].hostPath: expected no path with Docker's socket"],
    [mount("/var"), "mounts[0].hostPath: expected no path with Docker's socket"],
    [mount("/srv", "srv"), "mounts[0].containerPath: expected an absolute path"],
    [mount("/srv", "/var"), "mounts[0].containerPath: expected a path that the node does not mount itself"],
    [{ hostPath: "/srv" }, "mounts[0].containerPath: expected an absolute path"],
    [{ ...mount("/srv"), readonly: true }, "mounts[0].readonly: expected a known field. Did you mean readOnly?"],
  ])("%j is refused", (one, text) =>
    expect(problems(cluster({ mounts: [one] }))).toEqual([expect.stringContaining(`clusters[0].${text}`)]),
  );

  test("of a pool must not have the path of another, also not of the cluster", () => {
    const workers = [{ name: "p", mounts: [mount("/b"), mount("/c", "/srv/c"), mount("/d", "/srv/c")] }];
    expect(problems(cluster({ mounts: [mount("/a")], workers }))).toEqual([
      expect.stringContaining(
        "clusters[0].workers[0].mounts[0].containerPath: expected another path than clusters[0].mounts[0]",
      ),
      expect.stringContaining(
        "clusters[0].workers[0].mounts[2].containerPath: expected another path than clusters[0].workers[0].mounts[1]",
      ),
    ]);
  });

  test("is refused for machines that are not containers of Slipway's own clusters", () => {
    const rule = "expected no value, because only Docker nodes of Slipway's own clusters have mounts";
    expect(problems({ clusters: [{ name: "a", backend: "inMemory", mounts: [mount("/a")] }] })).toEqual([
      expect.stringContaining(`clusters[0].mounts[0]: ${rule}`),
    ]);
  });

  test("of the kind node must not be Docker's socket, which Slipway mounts itself", () =>
    expect(problems({ managementMounts: [mount("/srv", "/var/run/docker.sock")] })).toEqual([
      expect.stringContaining("managementMounts[0].containerPath: expected a path that the node does not mount itself"),
    ]));
});

describe("a port of the kind node", () => {
  const port = (hostPort: number, more: object = {}) => ({ hostPort, containerPort: 30080, ...more });
  test.each<[object[], string]>([
    [
      [port(80), port(80)],
      "managementPorts[1].hostPort: expected another port or address than managementPorts[0], got 80",
    ],
    [
      [port(80), port(80, { listenAddress: "0.0.0.0" })],
      "managementPorts[1].hostPort: expected another port or address",
    ],
    [[port(0)], "managementPorts[0].hostPort: expected a number from 1 to 65535, got 0"],
    [[{ hostPort: 80 }], "managementPorts[0].containerPort: expected an integer, got nothing"],
    [[port(80, { protocol: "tcp" })], "managementPorts[0].protocol: expected one of TCP, UDP, SCTP"],
    [[port(80, { listenAddress: "host" })], "managementPorts[0].listenAddress: expected an IPv4 or IPv6 address"],
    [
      [port(80, { containerPort: 6443 })],
      "managementPorts[0].containerPort: expected a port other than that of the API server",
    ],
  ])("is refused: %j", (managementPorts, text) =>
    expect(problems({ managementPorts })).toEqual([expect.stringContaining(text)]),
  );

  test("may have the number of another with another protocol or address", () =>
    expect(
      problems({
        managementPorts: [port(80), port(80, { protocol: "UDP" }), port(80, { listenAddress: "127.0.0.2" })],
      }),
    ).toEqual([]));

  test("is refused with an existing management cluster", () => {
    const config = { managementPorts: [port(80)], managementMounts: [mount("/a")] };
    const text = "expected no value beside managementKubeconfig, because Slipway does not create that cluster";
    const texts = problemsOf(() =>
      readSettings({
        config: {
          ...Object.fromEntries(Object.entries(config).map(([name, value]) => [name, JSON.stringify(value)])),
          managementKubeconfig: "a.yaml",
        },
        pins,
      }),
    ).map(sentence);
    expect(texts).toEqual(
      expect.arrayContaining(
        ["managementMounts", "managementPorts"].map((name) => expect.stringContaining(`${name}: ${text}`)),
      ),
    );
  });
});
