import { describe, expect, test } from "@jest/globals";
import { inspectArguments, listArguments, parseContainers, parseInspected } from "../../../lib/base/container";
import { containerRow } from "../../helpers/dockerRows";

describe("docker ps", () => {
  test("has every filter, and one format", () => {
    const args = listArguments("label=a", "network=b");
    expect(args.slice(0, -2)).toEqual(["ps", "--all", "--no-trunc", "--filter", "label=a", "--filter", "network=b"]);
    expect(args.at(-1)?.split("\t")).toHaveLength(containerRow({}).split("\t").length);
  });

  test("describes a container by its columns", () =>
    expect(
      parseContainers([
        "id\tcapd-lb\texited\tExited (137) 2 minutes ago\tkind,other\tcapd\texternal-load-balancer\tslipway/dev\trun",
        "",
      ]),
    ).toEqual([
      {
        id: "id",
        name: "capd-lb",
        state: "exited",
        status: "Exited (137) 2 minutes ago",
        running: false,
        networks: ["kind", "other"],
        cluster: "capd",
        role: "external-load-balancer",
        owner: "slipway/dev",
        run: "run",
      },
    ]));

  test("may cut what is empty at the end of a line", () =>
    expect(parseContainers(["id\tweb\trunning\tUp 3 minutes\tbridge"])).toEqual(
      parseContainers([
        containerRow({ id: "id", name: "web", state: "running", status: "Up 3 minutes", networks: ["bridge"] }),
      ]),
    ));
});

describe("docker inspect", () => {
  test("asks for a line of JSON for each container", () =>
    expect(inspectArguments("a", "b")).toEqual(["container", "inspect", "--format", "{{json .}}", "a", "b"]));

  test("describes a container by its JSON", () => {
    const one = {
      Id: "abc",
      Name: "/capd-lb",
      Created: "2026-01-01T10:00:00Z",
      State: { Running: true, StartedAt: "2026-01-01T10:00:01Z" },
      Config: { Image: "haproxy", Labels: { "io.x-k8s.kind.cluster": "capd", "dev.slipway.stack": "slipway/dev" } },
      HostConfig: { PortBindings: { "6443/tcp": [{ HostPort: "4711" }], "80/tcp": null } },
      NetworkSettings: {
        Networks: { kind: { IPAddress: "10.0.0.3", GlobalIPv6Address: "" } },
        Ports: { "6443/tcp": [{ HostPort: "4711" }, { HostPort: "4712" }] },
      },
    };
    expect(parseInspected(`${JSON.stringify(one)}\n`)).toEqual([
      {
        id: "abc",
        name: "capd-lb",
        image: "haproxy",
        running: true,
        networks: ["kind"],
        cluster: "capd",
        role: "",
        owner: "slipway/dev",
        run: "",
        ports: { "6443/tcp": 4711, "80/tcp": 0 },
        apiPorts: ["4711", "4712"],
        addresses: ["10.0.0.3"],
        firstRun: true,
      },
    ]);
    const later = { ...one, State: { Running: true, StartedAt: "2026-01-01T12:00:00Z" } };
    expect(parseInspected(JSON.stringify(later))[0]?.firstRun).toBe(false);
  });

  test("describes one without labels, networks and ports", () =>
    expect(
      parseInspected(
        JSON.stringify({ Id: "abc", State: { Running: false }, Config: { Image: "i", Labels: null }, HostConfig: {} }),
      ),
    ).toMatchObject([{ running: false, networks: [], cluster: "", addresses: [], ports: {}, firstRun: false }]));

  test("describes nothing where docker prints nothing", () => expect(parseInspected("")).toEqual([]));
});
